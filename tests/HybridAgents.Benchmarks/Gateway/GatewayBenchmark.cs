using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace HybridAgents.Benchmarks.Gateway;

/// <summary>What a chat completion through the gateway costs beyond the same call made directly.</summary>
internal static class GatewayBenchmark
{
    private const int Repetitions = 5;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        await using InstantProvider provider = await InstantProvider.StartAsync();
        await using GatewayHost gateway = await GatewayHost.StartAsync(setup.NewFolder(), provider.Url);
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
        List<string[]> rows = [];
        foreach (bool stream in (bool[])[false, true])
        {
            foreach (int connections in (int[])[1, 32])
            {
                await MeasureAsync(client, gateway.Url, stream, connections, WarmUp);
                List<Figures> direct = [], through = [];
                for (int repetition = 0; repetition < Repetitions; repetition++) // In turn, so that drift hits both.
                {
                    direct.Add(await MeasureAsync(client, provider.Url, stream, connections, Duration));
                    through.Add(await MeasureAsync(client, gateway.Url, stream, connections, Duration));
                }

                rows.Add(Row(stream, connections, direct, through));
            }
        }

        return new(
            "A chat completion through the gateway", ["answer", "connections", "added p50 µs", "added p95 µs", "added p99 µs", "direct p50 µs", "requests/s", "CPU µs a request", "bytes allocated a request"], rows,
            "A streamed answer counts to its first chunk. *Added* is the gateway's percentile less the direct call's of the same repetition. Client and provider take part of the same cores, so "
            + "requests/s and processor time are theirs too. Target: one connection p50 at most 300 µs and p99 at most 2,000 µs added.");
    }

    private static string[] Row(bool stream, int connections, List<Figures> direct, List<Figures> through)
    {
        string Added(double share) => Samples.Spread(through.Zip(direct, (mine, theirs) => Samples.Percentile(mine.Latencies, share) - Samples.Percentile(theirs.Latencies, share)));
        return
        [
            stream ? "streamed" : "whole",
            connections.ToString(CultureInfo.InvariantCulture),
            Added(0.5), Added(0.95), Added(0.99),
            Samples.Spread(direct.Select(static figures => Samples.Percentile(figures.Latencies, 0.5))),
            Samples.Spread(through.Select(static figures => figures.PerSecond)),
            Samples.Spread(through.Select(static figures => figures.Cpu)),
            Samples.Spread(through.Select(static figures => figures.Bytes)),
        ];
    }

    private static async Task<Figures> MeasureAsync(HttpClient client, Uri server, bool stream, int connections, TimeSpan duration)
    {
        Uri url = new(server, "/v1/chat/completions");
        byte[] body = Encoding.UTF8.GetBytes(
            $$"""{"model":"openai:instant","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Say something short."}]}""");
        ConcurrentBag<double> latencies = [];
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            byte[] buffer = new byte[16 * 1024];
            while (Stopwatch.GetElapsedTime(start) < duration)
                latencies.Add(await AskAsync(client, url, body, buffer));
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new(
            latencies, latencies.Count / seconds, (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / latencies.Count,
            (double)(GC.GetTotalAllocatedBytes() - allocated) / latencies.Count);
    }

    /// <summary>Microseconds to the first piece of the body.</summary>
    private static async Task<double> AskAsync(HttpClient client, Uri url, byte[] body, byte[] buffer)
    {
        long begun = Stopwatch.GetTimestamp();
        using HttpRequestMessage request = new(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } } };
        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using Stream content = await answer.Content.ReadAsStreamAsync();
        int read = await content.ReadAsync(buffer);
        double latency = Stopwatch.GetElapsedTime(begun).TotalMicroseconds;
        while (read > 0)
            read = await content.ReadAsync(buffer);
        return latency;
    }

    private sealed record Figures(IReadOnlyCollection<double> Latencies, double PerSecond, double Cpu, double Bytes);
}
