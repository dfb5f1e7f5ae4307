using System.Globalization;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Cache;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Health;
using HybridAgents.Providers.Pipeline;
using Microsoft.Extensions.AI;

namespace HybridAgents.Benchmarks.Pipeline;

/// <summary>What each decorator adds to a call of a model that answers at once.</summary>
internal static class PipelineBenchmark
{
    private const int Rounds = 5_000;
    private const int Repetitions = 9;
    private const string Provider = "instant";

    public static async Task<Section> RunAsync(BenchmarkSetup setup)
    {
        TimeProvider time = TimeProvider.System;
        ProvidersOptions options = new();
        ModelHealthBoard board = new(options.Breaker, time);
        using InstantClient bare = new();
        (string Name, Func<IChatClient> Make)[] cases =
        [
            ("fault translation", () => new FaultTranslation(bare, Provider)),
            ("first-token and idle time-outs", () => new TokenTimeouts(bare, Provider, options.Timeouts, time)),
            ("telemetry, nobody listening", () => new CallTelemetry(bare, Provider, time)),
            ("concurrency limit", () => new ConcurrencyLimit(bare, 256)),
            ("circuit breaker", () => new CircuitBreaking(bare, Provider, board, time)),
            ("retry", () => new Retrying(bare, options.Retries, time, Random.Shared.NextDouble)),
            ("deadline", () => new Deadline(bare, Provider, options.Timeouts.Total, time)),
            ("cache, a call that is not cached", () => new Caching(bare, new ResponseCache(options.Cache, time))),
            ("all of them", () => new ProviderPipeline(options, board, new ResponseCache(options.Cache, time), time, Random.Shared.NextDouble).Around(bare, Settings)),
        ];
        (double[] without, long own) = await MeasureAsync(bare);
        double baseline = without.Order().ElementAt(Repetitions / 2);
        List<string[]> rows = [["the model alone", Samples.Spread([.. without], "N2"), Bytes(own)]];
        foreach ((string name, Func<IChatClient> make) in cases)
        {
            (double[] with, long bytes) = await MeasureAsync(make());
            rows.Add([$"+ {name}", Samples.Spread([.. with.Select(value => value - baseline)], "N2"), Bytes(bytes - own)]);
        }

        return new(
            "The pipeline around a model call", ["what", "µs added", "bytes added"], rows,
            $"Median of {Repetitions} repetitions of {Rounds:N0} streamed answers of ten parts, one after the other. Target: at most 50 µs each.");
    }

    private static ProviderSettings Settings { get; } = new() { Name = Provider, Endpoint = new("http://127.0.0.1"), Model = "m" };

    private static async Task<(double[] Microseconds, long Bytes)> MeasureAsync(IChatClient client)
    {
        ModelRequest request = new() { Model = new(Provider, "m"), Messages = [Message.User("What is 17 * 23?")], Tenant = "t" };
        IEnumerable<ChatMessage> messages = ChatRequestMapper.ToMessages(request);
        ChatOptions options = ChatRequestMapper.ToOptions(request, PrivacyLabel.Standard);
        await CallAsync(client, messages, options);
        double[] times = new double[Repetitions];
        long before = 0;
        for (int repetition = 0; repetition < Repetitions; repetition++)
        {
            before = GC.GetTotalAllocatedBytes(precise: true);
            long begun = TimeProvider.System.GetTimestamp();
            await CallAsync(client, messages, options);
            times[repetition] = TimeProvider.System.GetElapsedTime(begun).TotalMicroseconds / Rounds;
        }

        return (times, (GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds);
    }

    private static async Task CallAsync(IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions options)
    {
        for (int round = 0; round < Rounds; round++)
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync(messages, options))
            {
                // Only read.
            }
        }
    }

    private static string Bytes(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Answers with ten parts, at once.</summary>
    private sealed class InstantClient : StreamClient
    {
        private static readonly ChatResponseUpdate Part = new(ChatRole.Assistant, "some words ");
        private static readonly ChatResponseUpdate Last = new(ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 8, OutputTokenCount = 10 })]) { FinishReason = ChatFinishReason.Stop };

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (int index = 0; index < 9; index++)
                yield return Part;
            yield return Last;
            await Task.CompletedTask;
        }
    }
}
