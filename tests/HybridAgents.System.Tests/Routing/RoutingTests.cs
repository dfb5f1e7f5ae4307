using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.System.Tests.Routing;

/// <summary>Where runs go, with real servers for the providers.</summary>
public sealed class RoutingTests : IAsyncLifetime
{
    private const string Complex = "Analyse and compare these two distributed algorithms in detail, explain their architecture, evaluate the tradeoffs and derive a proof, step by step.";

    private OllamaWireServer _ollama = null!;
    private OpenAiWireServer _openAi = null!;

    public async Task InitializeAsync()
    {
        _ollama = await OllamaWireServer.StartAsync();
        _openAi = await OpenAiWireServer.StartAsync();
        _ollama.Respond = static _ => WireReply.Says("From ", "Ollama.");
        _openAi.Respond = static _ => WireReply.Says("From ", "OpenAI.");
    }

    public async Task DisposeAsync()
    {
        await _ollama.DisposeAsync();
        await _openAi.DisposeAsync();
    }

    [Fact]
    public async Task Run_OnlyOllama_GoesThere()
    {
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(_ollama));
        JsonElement run = await RunAsync(host, Complex);
        run.Answer().ShouldBe("From Ollama.");
        run.Attempts().ShouldBe(["ollama:ok"]);
        run.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(18);
        _ollama.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_OnlyOpenAI_GoesThere()
    {
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(openAi: _openAi));
        JsonElement run = await RunAsync(host, "hello");
        run.Answer().ShouldBe("From OpenAI.");
        run.Attempts().ShouldBe(["openai:ok"]);
        run.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(18);
        _openAi.Requests.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe("Bearer sk-wire");
    }

    [Fact]
    public async Task Run_Both_TheRouterDecidesAndSaysWhy()
    {
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(_ollama, _openAi));
        JsonElement simple = await RunAsync(host, "hello");
        simple.Answer().ShouldBe("From Ollama.");
        Factors(simple).ShouldContain("default_local");
        JsonElement complex = await RunAsync(host, Complex);
        complex.Answer().ShouldBe("From OpenAI.");
        Factors(complex).ShouldContain("complexity_above_threshold");
        Metrics(complex).GetProperty("complexity_score").GetDouble().ShouldBeGreaterThan(0.65);
        JsonElement forced = await RunAsync(host, "hello", ""","routing_preferences":{"force_provider":"openai"}""");
        forced.Answer().ShouldBe("From OpenAI.");
        Metrics(forced).GetProperty("rejected").EnumerateArray().Select(static entry => $"{entry.Text("candidate")} {entry.Text("reason")}").ShouldContain("ollama:llama2:latest not_requested");
    }

    [Fact]
    public async Task Run_FirstModelDiesInItsAnswer_AnotherBeginsAnew()
    {
        _ollama.Respond = static _ => WireReply.Says("Half ", "an ", "answer").CutAfter(2);
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(_ollama, _openAi));
        string id = await (await host.Client).StartAsync(RunClient.Body("hello"));
        IReadOnlyList<JsonElement> events = await new Watcher(host, id).Completion.WaitAsync(Waits.Limit);
        JsonElement run = await (await host.Client).GetAsync($"/api/v1/agents/status/{id}");
        run.Attempts().ShouldBe(["ollama:stream_broken", "openai:ok"]);
        JsonElement reset = events.Single(static item => item.Type() == "message.reset");
        reset.GetProperty("attempt").GetInt32().ShouldBe(2);
        reset.Text("reason").ShouldBe("stream_broken");
        events.Streamed().Values.ShouldBe(["From OpenAI."]);
        run.Answer().ShouldBe("From OpenAI.");
    }

    [Fact]
    public async Task Run_ModelWithoutTools_UsesThemThroughMarkup()
    {
        _ollama.Models.Clear();
        _ollama.Models.Add(new("llama2:latest") { Capabilities = ["completion"] });
        _ollama.Enqueue(WireReply.Says("I calculate. <to", "ol>{\"name\": \"calculator\", \"parameters\": {\"expression\": \"17 * 23\"}}</to", "ol>"));
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(_ollama));
        string id = await (await host.Client).StartAsync(RunClient.Body("What is 17 * 23?"));
        IReadOnlyList<JsonElement> events = await new Watcher(host, id).Completion.WaitAsync(Waits.Limit);
        events[^1].Type().ShouldBe("run.completed");
        events.Single(static item => item.Type() == "tool.completed").Text("tool").ShouldBe("calculator");
        events.Streamed().Values.ShouldBe(["I calculate.", "From Ollama."]);
        _ollama.Requests.Count.ShouldBe(2);
        _ollama.Requests[0].Json.TryGetProperty("tools", out _).ShouldBeFalse();
        _ollama.Requests[1].Body.ShouldContain("391");
    }

    private static async Task<JsonElement> RunAsync(TestHost host, string text, string rest = "")
    {
        RunClient client = await host.Client;
        return await client.WaitAsync(await client.StartAsync(RunClient.Body(text, rest)), "completed", "failed");
    }

    private static JsonElement Metrics(JsonElement run) => run.GetProperty("routing")[0].GetProperty("routing_metrics");

    private static IEnumerable<string?> Factors(JsonElement run) => Metrics(run).GetProperty("decision_factors").EnumerateArray().Select(static factor => factor.GetString());
}
