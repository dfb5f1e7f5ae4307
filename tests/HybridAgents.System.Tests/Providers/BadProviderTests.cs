using System.Globalization;
using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.System.Tests.Providers;

/// <summary>Providers that behave badly: the run fails with the documented code or falls over, and the host serves the next run.</summary>
public sealed class BadProviderTests
{
    /// <summary>The fault, the run's code, the provider's status, and how many calls the retries make of it.</summary>
    private static readonly (string Fault, string Code, int? Status, int Calls)[] Faults =
    [
        ("hangs", "provider_timeout", null, 1),
        ("stalls", "provider_timeout", null, 1),
        ("malformed", "provider_error", null, 1),
        ("ends", "provider_error", null, 1),
        ("error event", "provider_error", null, 1),
        ("500", "provider_error", 500, 3),
        ("401", "provider_error", 401, 1),
        ("429", "provider_error", 429, 1), // Asks for a wait beyond the deadline, so the run does not wait.
    ];

    [Fact]
    public async Task Run_OllamaFails_FailsWithTheDocumentedCodeAndTheHostLives()
    {
        await using OllamaWireServer server = await OllamaWireServer.StartAsync();
        await FailAsync(server, TestHost.For(server), "ollama");
    }

    [Fact]
    public async Task Run_OpenAIFails_FailsWithTheDocumentedCodeAndTheHostLives()
    {
        await using OpenAiWireServer server = await OpenAiWireServer.StartAsync();
        await FailAsync(server, TestHost.For(openAi: server), "openai");
    }

    [Theory]
    [InlineData("hangs", "ollama:timeout")]
    [InlineData("malformed", "ollama:malformed")]
    [InlineData("429", "ollama:rate_limited")]
    public async Task Run_OllamaFailsBesideOpenAI_FallsOver(string fault, string attempt)
    {
        await using OllamaWireServer ollama = await OllamaWireServer.StartAsync();
        await using OpenAiWireServer openAi = await OpenAiWireServer.StartAsync();
        ollama.Respond = _ => Bad(fault);
        await using TestHost host = await StartAsync(TestHost.For(ollama, openAi));
        JsonElement run = await RunAsync(host);
        run.Status().ShouldBe("completed");
        run.Answer().ShouldBe("Hello from the wire.");
        run.Attempts().ShouldBe([attempt, "openai:ok"]);
    }

    [Fact]
    public async Task Run_BusyForASecond_IsTriedAgain()
    {
        await using OllamaWireServer server = await OllamaWireServer.StartAsync();
        server.Enqueue(WireReply.Refuses(429, "busy", retryAfter: "1"));
        await using TestHost host = await StartAsync(TestHost.For(server));
        (await RunAsync(host)).Status().ShouldBe("completed");
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Start_ProvidersAreDown_HostServesAndSaysSo()
    {
        OllamaWireServer ollama = await OllamaWireServer.StartAsync();
        OpenAiWireServer openAi = await OpenAiWireServer.StartAsync();
        string[] settings = TestHost.For(ollama, openAi);
        await ollama.DisposeAsync();
        await openAi.DisposeAsync();
        await using TestHost host = await StartAsync(settings);
        RunClient client = await host.Client;
        (await client.GetAsync("/api/v1/system/status")).GetProperty("providers").EnumerateArray()
            .Where(static provider => provider.Text("name") != "offline").ShouldAllBe(static provider => !provider.GetProperty("available").GetBoolean());
        JsonElement run = await RunAsync(host);
        run.Status().ShouldBe("failed");
        run.ErrorCode().ShouldBe("provider_error");
        JsonElement error = run.GetProperty("error");
        error.Text("message").ShouldContain("its provider is down");
        error.GetProperty("details").GetProperty("rejected").EnumerateArray().Select(static rejected => rejected.GetRawText()).ShouldContain(static rejected => rejected.Contains("ollama", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_ModelStallsInItsAnswer_IsNoticedWithinItsTimeOutAndTextsAreNotMixed()
    {
        await using OllamaWireServer ollama = await OllamaWireServer.StartAsync();
        await using OpenAiWireServer openAi = await OpenAiWireServer.StartAsync();
        ollama.Respond = _ => Bad("stalls");
        await using TestHost host = await StartAsync(TestHost.For(ollama, openAi));
        JsonElement run = await RunAsync(host);
        run.Attempts().ShouldBe(["ollama:timeout", "openai:ok"]);
        run.GetProperty("routing")[0].GetProperty("attempts")[0].GetProperty("duration_ms").GetInt64().ShouldBeInRange(1900, 30_000);
        List<JsonElement> events = await (await host.Client).EventsAsync(run.Text("run_id"));
        events.Select(static item => item.Type()).ShouldContain("message.reset");
        events.Streamed().Values.ShouldHaveSingleItem().ShouldBe("Hello from the wire.");
    }

    private static async Task FailAsync(WireServer server, string[] settings, string provider)
    {
        await using TestHost host = await StartAsync([.. settings, "--Breaker:Failures", "1000"]);
        foreach ((string fault, string code, int? status, int calls) in Faults)
        {
            int before = server.Requests.Count;
            server.Respond = _ => Bad(fault);
            JsonElement run = await RunAsync(host);
            run.Status().ShouldBe("failed", fault);
            run.ErrorCode().ShouldBe(code, fault);
            JsonElement details = run.GetProperty("error").GetProperty("details");
            details.Text("provider").ShouldBe(provider, fault);
            StatusOf(details).ShouldBe(status, fault);
            (server.Requests.Count - before).ShouldBe(calls, fault);
            run.GetRawText().ShouldNotContain("sk-wire");
        }

        server.Respond = static _ => WireReply.Says("Well again.");
        (await RunAsync(host)).Answer().ShouldBe("Well again.");
    }

    private static int? StatusOf(JsonElement details) =>
        details.TryGetProperty("status_code", out JsonElement status) && status.ValueKind == JsonValueKind.Number ? status.GetInt32() : null;

    private static Task<TestHost> StartAsync(string[] settings) => TestHost.StartNewAsync([.. settings, "--Timeouts:FirstToken", "2", "--Timeouts:Idle", "2"]);

    private static async Task<JsonElement> RunAsync(TestHost host)
    {
        RunClient client = await host.Client;
        return await client.WaitAsync(await client.StartAsync(RunClient.Body("hello")), "completed", "failed");
    }

    private static WireReply Bad(string fault) => fault switch
    {
        "hangs" => WireReply.Says("never").AfterSignal(new TaskCompletionSource().Task),
        "stalls" => WireReply.Says("Half ", "an ", "answer").StallAfter(2),
        "malformed" => WireReply.Says("Half ", "an ", "answer").MalformedAfter(2),
        "ends" => WireReply.Says("Half ", "an ", "answer").EndAfter(2),
        "error event" => WireReply.Says("Half ", "an ", "answer").ErrorAfter(2, "broken"),
        "429" => WireReply.Refuses(429, "busy", retryAfter: "3600"),
        _ => WireReply.Refuses(int.Parse(fault, CultureInfo.InvariantCulture)),
    };
}
