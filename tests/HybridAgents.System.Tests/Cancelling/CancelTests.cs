using System.Net;
using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;
using Xunit.Abstractions;

namespace HybridAgents.System.Tests.Cancelling;

/// <summary>A cancel reaches the provider's socket. With <c>HYBRIDAGENTS_CANCEL_REPORT=FILE</c> the same test cancels more runs and writes what it measured to the file.</summary>
[Collection(nameof(Alone))]
public sealed class CancelTests(ITestOutputHelper output)
{
    private const int WarmUp = 5;

    private static readonly string? ReportFile = Environment.GetEnvironmentVariable("HYBRIDAGENTS_CANCEL_REPORT");

    private static int Cancels => ReportFile is null ? 30 : 300;

    [Fact]
    public async Task Cancel_AnswersStreaming_ClosesTheProvidersSocketAndKeepsThePart()
    {
        await using OllamaWireServer ollama = await OllamaWireServer.StartAsync();
        await using OpenAiWireServer openAi = await OpenAiWireServer.StartAsync();
        ollama.Respond = openAi.Respond = static _ => WireReply.Says("One", " two", " three", " four").StallAfter(3);
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(ollama, openAi));
        List<CancelFigures> figures =
        [
            new("Ollama", await MeasureAsync(host, ollama, "ollama")),
            new("OpenAI", await MeasureAsync(host, openAi, "openai")),
        ];
        figures.ForEach(figure => output.WriteLine(figure.ToString()));
        if (ReportFile is not null)
            await CancelReport.WriteAsync(ReportFile, figures);
    }

    [Fact]
    public async Task Cancel_NothingAnsweredYet_ClosesTheProvidersSocket()
    {
        await using OllamaWireServer ollama = await OllamaWireServer.StartAsync();
        await using OpenAiWireServer openAi = await OpenAiWireServer.StartAsync();
        ollama.Respond = openAi.Respond = static _ => WireReply.Says("never").AfterSignal(new TaskCompletionSource().Task);
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(ollama, openAi));
        foreach ((WireServer server, string provider) in new (WireServer, string)[] { (ollama, "ollama"), (openAi, "openai") })
        {
            (string id, Watcher watcher) = await StartAsync(host, provider);
            WireRequest call = await server.NextRequestAsync().WaitAsync(Waits.Limit);
            await CancelAsync(host, id);
            await call.Aborted.WaitAsync(Waits.Limit);
            (await watcher.Completion.WaitAsync(Waits.Limit))[^1].Type().ShouldBe("run.cancelled");
            JsonElement run = await (await host.Client).GetAsync($"/api/v1/agents/status/{id}");
            run.Status().ShouldBe("cancelled");
            run.GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBeGreaterThan(0); // Sent, so paid for.
            server.Requests.Count.ShouldBe(1);
        }
    }

    private static async Task<List<double>> MeasureAsync(TestHost host, WireServer server, string provider)
    {
        List<double> times = [];
        for (int round = 0; round < WarmUp + Cancels; round++)
        {
            double time = await CancelOneAsync(host, server, provider);
            if (round >= WarmUp)
                times.Add(time);
        }

        return times;
    }

    /// <summary>Milliseconds from sending the request to the closed socket.</summary>
    private static async Task<double> CancelOneAsync(TestHost host, WireServer server, string provider)
    {
        (string id, Watcher watcher) = await StartAsync(host, provider);
        WireRequest call = await server.NextRequestAsync().WaitAsync(Waits.Limit);
        await watcher.FirstAsync("message.delta");

        DateTimeOffset begun = DateTimeOffset.UtcNow;
        await CancelAsync(host, id);
        DateTimeOffset closed = await call.Aborted.WaitAsync(Waits.Limit);

        IReadOnlyList<JsonElement> events = await watcher.Completion.WaitAsync(Waits.Limit);
        events[^1].Type().ShouldBe("run.cancelled");
        JsonElement run = await (await host.Client).GetAsync($"/api/v1/agents/status/{id}");
        run.Status().ShouldBe("cancelled");
        string part = run.Answer();
        part.ShouldStartWith("One");
        "One two three".ShouldStartWith(part);
        events.Streamed().Values.Single().ShouldBe(part);
        run.GetProperty("usage").GetProperty("completion_tokens").GetInt32().ShouldBeGreaterThan(0);
        run.GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBeGreaterThan(0);
        return (closed - begun).TotalMilliseconds;
    }

    private static async Task<(string Id, Watcher Watcher)> StartAsync(TestHost host, string provider)
    {
        string id = await (await host.Client).StartAsync(RunClient.Body("Count slowly.", $$""","routing_preferences":{"force_provider":"{{provider}}"}"""));
        return (id, new(host, id));
    }

    private static async Task CancelAsync(TestHost host, string id)
    {
        using HttpResponseMessage answer = await (await host.Client).PostAsync($"/api/v1/agents/cancel/{id}", "");
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }
}
