using System.Text.Json.Nodes;
using HybridAgents.Cli.Tests.Support;
using HybridAgents.TestSupport;

namespace HybridAgents.Cli.Tests;

public sealed class RunCommandTests : CliTest
{
    [Fact]
    public async Task Run_Completed_AnswerAloneOnOutputAndTheRestOnError()
    {
        Server.Messages = new(Stored("""{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"calculator","arguments":"{\"expression\":\"6*7\"}"}}]}"""),
            Stored("""{"role":"tool","tool_call_id":"c1","content":"forty-two"}"""));
        Server.Add("run.created")
            .Add("route.decided", new { candidates = new[] { "ollama:mistral" }, decision_factors = new[] { "default_local" }, complexity_score = 0.21, privacy_impact = "low" })
            .Add("tool.started", new { call_id = "c1", tool = "calculator" }).Add("tool.completed", new { call_id = "c1", tool = "calculator", is_error = false })
            .AddDelta("4").AddDelta("2").Add("message.completed", new { finish_reason = "stop", tool_calls = Array.Empty<object>() }).Add("run.completed");

        ProcessResult result = await HybridAsync("run", "6*7?");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldBe("42\n");
        result.Error.ShouldBe("""
            route   ollama:mistral (default_local; complexity 0.21; privacy low)
            tool    calculator {"expression":"6*7"}
            result  calculator forty-two
            42
            usage   1 model calls · 0 tool calls · 7 tokens (3 in, 4 out) · $0.0125 · run_01HZZZZZZZZZZZZZZZZZZZZZZZ

            """);
    }

    [Fact]
    public async Task Run_NoStream_ShowsNoPartialText()
    {
        Server.AddDelta("partial").Add("run.completed");

        ProcessResult result = await HybridAsync("run", "hi", "--no-stream");

        result.Output.ShouldBe("42\n");
        result.Error.ShouldNotContain("partial");
    }

    [Fact]
    public async Task Run_Json_PrintsTheStatusDocumentAndNothingElse()
    {
        Server.AddDelta("42").Add("run.completed");

        ProcessResult result = await HybridAsync("run", "hi", "--json");

        result.Error.ShouldBeEmpty();
        JsonNode.Parse(result.Output)!["result"]!["message"]!["content"]!.GetValue<string>().ShouldBe("42");
    }

    [Fact]
    public async Task Run_Options_BecomeFieldsOfTheRequest()
    {
        Server.Add("run.completed");

        await HybridAsync(
            "run", "hi", "--model", "ollama:x", "--provider", "ollama", "--tools", "calculator, get_time", "--privacy", "local_only", "--latency", "speed",
            "--agent-type", "coding", "--instructions", "Be brief.", "--max-turns", "3", "--timeout", "60", "--token", "secret");

        (string Line, string? Key, JsonNode? Body) start = Server.Requests.First();
        start.Line.ShouldBe("POST /api/v1/agents/run");
        start.Key.ShouldBe("Bearer secret");
        JsonNode.DeepEquals(start.Body, JsonNode.Parse("""
            {"agent_config":{"model":"ollama:x","agent_type":"coding","instructions":"Be brief.","max_turns":3,"tools":["calculator","get_time"]},
             "messages":[{"role":"user","content":"hi"}],
             "routing_preferences":{"force_provider":"ollama","privacy_level":"local_only","latency_preference":"speed"},
             "limits":{"timeout_seconds":60}}
            """)).ShouldBeTrue(start.Body?.ToJsonString());
    }

    [Theory]
    [InlineData("-", "from the input\nin two lines", "from the input\nin two lines")]
    [InlineData("@no-file", null, "@no-file")]
    public async Task Run_Prompt_IsTakenLiterallyOrFromTheInput(string argument, string? input, string expected)
    {
        Server.Add("run.completed");

        await HybridWithInputAsync(input, "run", argument);

        Server.Requests.First().Body!["messages"]![0]!["content"]!.GetValue<string>().ShouldBe(expected);
    }

    [Fact]
    public async Task Run_Detach_PrintsTheIdAndDoesNotWatch()
    {
        ProcessResult result = await HybridAsync("run", "hi", "--detach");

        (result.ExitCode, result.Output, result.Error).ShouldBe((0, $"{WireServer.RunId}\n", ""));
        Server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("privacy_unsatisfiable", 1)]
    [InlineData("run_timeout", 1)]
    [InlineData("provider_error", 5)]
    [InlineData("provider_timeout", 5)]
    public async Task Run_Failed_ExitsByCodeWithItsMessage(string code, int exitCode)
    {
        Server.Status = WireServer.Failed(code, "No model may see this.");
        Server.Add("run.failed");

        ProcessResult result = await HybridAsync("run", "hi");

        result.ExitCode.ShouldBe(exitCode);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain($"The run failed: {code}: No model may see this.");
    }

    [Fact]
    public async Task Run_MessageReset_MarksTheVoidTextAndPrintsTheAnswerOnce()
    {
        Server.AddDelta("Wrong st").Add("message.reset", new { message_id = "m1", attempt = 2, reason = "stream_broken" }).AddDelta("late", attempt: 1)
            .AddDelta("42", attempt: 2).Add("message.completed", new { tool_calls = Array.Empty<object>() }).Add("run.completed");

        ProcessResult result = await HybridAsync("run", "hi");

        result.Output.ShouldBe("42\n");
        result.Error.ShouldStartWith("Wrong st\n[discarded: the text above is void (stream_broken); it is written anew]\n42\n");
    }

    [Fact]
    public async Task Run_BrokenStream_ResumesAfterTheLastEvent()
    {
        Server.Cuts = [2, 1];
        Server.AddDelta("a").AddDelta("b").AddDelta("c").AddDelta("d").Add("run.completed");

        ProcessResult result = await HybridAsync("run", "hi");

        result.ExitCode.ShouldBe(0);
        result.Error.ShouldStartWith("abcd\n");
        Server.Requests.Select(static request => request.Line).Where(static line => line.Contains("/events", StringComparison.Ordinal)).ShouldBe(
            new[] { 0, 2, 3 }.Select(static after => $"GET /api/v1/agents/runs/{WireServer.RunId}/events?starting_after={after}"));
    }

    [Fact]
    public async Task Run_RequiresAction_TellsWhatIsNeededAndHowToAnswer()
    {
        Server.Status = JsonNode.Parse("""
            {"status":"requires_action","required_action":{"type":"approval","calls":[{"call_id":"c1","path":null,"tool":"delete_task","arguments":{"id":7},"expires_at":null}]}}
            """)!.AsObject();
        Server.Add("action.required").Add("run.completed");

        ProcessResult result = await HybridAsync("run", "hi");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("delete_task {\"id\":7}");
        result.Error.ShouldContain($"POST {Server.Address}/api/v1/agents/runs/{WireServer.RunId}/approvals/c1 {{\"decision\":\"approve\"}}");
    }

    [UnixFact]
    public async Task Run_Interrupted_CancelsTheRunAndTellsItsEnd()
    {
        Server.Status = new() { ["status"] = "cancelled" };
        Server.BeforeLast = Server.Cancelled;
        Server.AddDelta("begun").Add("run.cancelled");
        await using HybridProcess process = HybridProcess.Start(Folder, new Dictionary<string, string>(), null, "run", "hi", "--server", Server.Address);
        await Server.Watched.WaitAsync(TimeSpan.FromSeconds(30));

        process.Interrupt();
        ProcessResult result = await process.EndAsync();

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("The run was cancelled.");
        Server.Requests.ShouldContain(static request => request.Line == $"POST /api/v1/agents/cancel/{WireServer.RunId}");
    }

    [UnixFact]
    public async Task Run_InterruptedTwice_EndsAtOnce()
    {
        Server.BeforeLast = new TaskCompletionSource().Task;
        Server.AddDelta("begun").Add("run.cancelled");
        await using HybridProcess process = HybridProcess.Start(Folder, new Dictionary<string, string>(), null, "run", "hi", "--server", Server.Address);
        await Server.Watched.WaitAsync(TimeSpan.FromSeconds(30));

        process.Interrupt();
        await Server.Cancelled.WaitAsync(TimeSpan.FromSeconds(30));
        process.Interrupt();

        (await process.EndAsync()).ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task Run_ControlCharacters_ReachTheTerminalInNoForm()
    {
        const string evil = "\e]0;title\a\e[2J\u009b31m\u202eok\r\n";
        Server.Status = WireServer.Completed(evil);
        Server.Add("route.decided", new { candidates = new[] { evil } }).Add("tool.started", new { call_id = evil, tool = evil }).AddDelta(evil)
            .Add("message.reset", new { message_id = "m1", attempt = 2, reason = evil }).Add("run.completed");

        ProcessResult plain = await HybridAsync("run", "hi");
        ProcessResult json = await HybridAsync("run", "hi", "--json");
        ProcessResult events = await HybridAsync("events", WireServer.RunId);

        foreach (ProcessResult result in (ProcessResult[])[plain, json, events])
            (result.Output + result.Error).Where(static letter => (char.IsControl(letter) && letter != '\n') || letter == '\u202e').ShouldBeEmpty();
        plain.Output.ShouldBe("␛]0;title␇␛[2J\\u009b31m\\u202eok\n\n");
        JsonNode.Parse(json.Output)!["result"]!["message"]!["content"]!.GetValue<string>().ShouldBe(evil);
    }

    private static JsonObject Stored(string message) => new() { ["message"] = JsonNode.Parse(message) };
}
