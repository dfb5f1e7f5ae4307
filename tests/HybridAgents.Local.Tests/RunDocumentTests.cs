using System.Net;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests;

/// <summary>What clients read of runs, over real HTTP and the real engine: status, events, lists, results, runs made from runs.</summary>
public sealed class RunDocumentTests : IAsyncLifetime
{
    private WiredHost _host = null!;

    public async Task InitializeAsync() => _host = await WiredHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Start_MessageWithAnImage_ReachesTheModelAndIsInTheTranscript()
    {
        const string Content = """[{"type":"text","text":"What is"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}},{"type":"text","text":"this?"}]""";
        string body = $$"""{"messages":[{"role":"user","content":{{Content}} }],"routing_preferences":{"allow_cloud_private":true},"agent_config":{"tools":[]} """;
        string id = await _host.Client.StartAsync(body + "}");
        (await _host.Client.WaitAsync(id, "completed", "failed")).GetProperty("routing")[0].GetProperty("routing_metrics").GetProperty("privacy_impact").GetString().ShouldBe("high");

        _host.Model.Requests.ShouldHaveSingleItem().Json.GetProperty("messages").EnumerateArray().Last().GetProperty("content").EnumerateArray()
            .Select(static part => part.GetProperty("type").GetString()).ShouldBe(["text", "image_url", "text"]);
        (await _host.Client.GetAsync($"/api/v1/agents/runs/{id}/messages")).GetProperty("messages")[0].GetProperty("message").GetProperty("content").GetRawText().ShouldBe(Content);

        using HttpResponseMessage turn = await _host.Client.PostAsync("/api/v1/agents/run", body + ""","conversation_id":"conv_01ARZ3NDEKTSV4RRFFQ69G5FAV"}""");
        turn.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await turn.Content.ReadAsStringAsync()).ShouldContain("may hold no images in a turn of a conversation");
    }

    [Fact]
    public async Task Status_OfACompletedRun_HasEveryField()
    {
        _host.Model.Enqueue(WireReply.Calls("calculator", """{"expression":"17*23"}"""), WireReply.Says("391.").WithUsage(20, 4));
        string id = await _host.Client.StartAsync(RunClient.Body("17*23?", ""","metadata":{"session_id":"s1","any":[1]}"""));
        JsonElement run = await _host.Client.WaitAsync(id, "completed", "failed");

        Names(run).ShouldBe([
            "run_id", "object", "status", "created_at", "started_at", "completed_at", "agent", "progress", "usage", "routing", "required_action", "result", "error", "metadata",
            "last_event", "polling_url", "events_url"]);
        (run.GetProperty("object").GetString(), run.GetProperty("run_id").GetString()).ShouldBe(("agent.run", id));
        long created = run.GetProperty("created_at").GetInt64();
        run.GetProperty("started_at").GetInt64().ShouldBeInRange(created, created + 60);
        run.GetProperty("completed_at").GetInt64().ShouldBeInRange(created, created + 60);
        run.GetProperty("agent").GetRawText().ShouldBe("""{"agent_id":null,"agent_type":"general"}""");
        run.GetProperty("progress").GetRawText().ShouldBe(
            """{"turn":2,"max_turns":16,"activity":"finished","provider":"openai","model":"gpt-4o","tools_running":[],"agents":[]}""");
        JsonElement usage = run.GetProperty("usage");
        Names(usage).ShouldBe(["prompt_tokens", "completion_tokens", "total_tokens", "cost_usd", "model_calls", "tool_calls", "estimated_savings_usd"]);
        (usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("total_tokens").GetInt64()).ShouldBe((31, 42));
        (usage.GetProperty("model_calls").GetInt32(), usage.GetProperty("tool_calls").GetInt32()).ShouldBe((2, 1));
        JsonElement route = run.GetProperty("routing")[1];
        Names(route).ShouldBe(["turn", "provider", "model", "routing_metrics", "attempts"]);
        Names(route.GetProperty("routing_metrics")).ShouldBe(["complexity_score", "privacy_impact", "decision_factors", "rejected", "price_table_version"]);
        route.GetProperty("attempts")[0].GetProperty("outcome").GetString().ShouldBe("ok");
        run.GetProperty("required_action").ValueKind.ShouldBe(JsonValueKind.Null);
        run.GetProperty("result").GetProperty("message").GetProperty("content").GetString().ShouldBe("391.");
        run.GetProperty("result").GetProperty("finish_reason").GetString().ShouldBe("stop");
        run.GetProperty("result").GetProperty("messages_url").GetString().ShouldBe($"/api/v1/agents/runs/{id}/messages");
        run.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        run.GetProperty("metadata").GetRawText().ShouldBe("""{"session_id":"s1","any":[1]}""");
        run.GetProperty("last_event").GetInt64().ShouldBe((await _host.Client.EventsAsync(id)).Count);

        JsonElement result = await _host.Client.GetAsync($"/api/v1/agents/runs/{id}/result");
        Names(result).ShouldBe(["run_id", "status", "result", "error", "usage"]);
        result.GetProperty("result").GetRawText().ShouldBe(run.GetProperty("result").GetRawText());
        JsonElement[] messages = [.. (await _host.Client.GetAsync($"/api/v1/agents/runs/{id}/messages")).GetProperty("messages").EnumerateArray()];
        messages.Select(static message => message.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2, 3]);
        messages[1].GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString().ShouldBe("""{"expression":"17*23"}""");
        JsonElement step = (await _host.Client.GetAsync($"/api/v1/agents/runs/{id}/history")).GetProperty("steps")[1];
        (step.GetProperty("step").GetString(), step.GetProperty("kind").GetString(), step.GetProperty("name").GetString(), step.GetProperty("attempt").GetInt32())
            .ShouldBe(("1/tool/0", "tool", "calculator", 1));
        step.GetProperty("ended_at").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(step.GetProperty("started_at").GetDateTimeOffset());
    }

    [Fact]
    public async Task Status_OfAFailedRun_NamesTheError()
    {
        _host.Model.Respond = _ => WireReply.Refuses(400, "no such thing");
        string id = await _host.Client.StartAsync(RunClient.Body("Go", ""","agent_config":{"model":"openai:gpt-4o"}"""));
        using (HttpResponseMessage early = await _host.Client.Http.GetAsync($"/api/v1/agents/runs/{id}/result"))
            early.StatusCode.ShouldBeOneOf(HttpStatusCode.Conflict, HttpStatusCode.OK);
        JsonElement error = (await _host.Client.WaitAsync(id, "failed", "completed")).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("provider_error");
        error.GetProperty("details").GetProperty("status_code").GetInt32().ShouldBe(400);
    }

    [Fact]
    public async Task Events_AsServerSentEvents_CarryIdTypeAndDataAndResume()
    {
        string id = await _host.Client.StartAsync(RunClient.Body("Go"));
        List<string> lines = await _host.Client.LinesAsync(id).ToListAsync();
        lines[0].ShouldBe("retry: 1000");
        string[] ids = [.. lines.Where(static line => line.StartsWith("id: ", StringComparison.Ordinal))];
        ids.ShouldBe(Enumerable.Range(1, ids.Length).Select(static number => $"id: {number}"));
        lines.Where(static line => line.StartsWith("event: ", StringComparison.Ordinal)).Last().ShouldBe("event: run.completed");
        JsonElement data = JsonElement.Parse(lines.Last(static line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..]);
        (data.GetProperty("sequence").GetInt32(), data.GetProperty("type").GetString(), data.GetProperty("run_id").GetString()).ShouldBe((ids.Length, "run.completed", id));

        List<string> rest = await _host.Client.LinesAsync(id, lastEventId: ids.Length - 1).ToListAsync();
        rest.Where(static line => line.StartsWith("id: ", StringComparison.Ordinal)).ShouldBe([ids[^1]]);
        (await _host.Client.LinesAsync(id, lastEventId: ids.Length).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_Watched_ComeBeforeTheRunHasEnded()
    {
        _host.Model.Enqueue(WireReply.Says("Hello", " there").StallAfter(2));
        string id = await _host.Client.StartAsync(RunClient.Body("Go"));
        await foreach (string line in _host.Client.LinesAsync(id))
        {
            if (line == "event: message.delta")
                break;
        }

        (await _host.Client.GetAsync($"/api/v1/agents/status/{id}")).GetProperty("progress").GetProperty("activity").GetString().ShouldBe("calling_model");
        _host.Model.Release();
        await _host.Client.WaitAsync(id, "completed");
    }

    [Fact]
    public async Task Metrics_AfterARun_CountRunsCallsTokensAndTools()
    {
        _host.Model.Enqueue(WireReply.Calls("calculator", """{"expression":"17*23"}"""), WireReply.Says("391."));
        await EndedAsync("17*23?");
        using HttpClient anybody = new() { BaseAddress = _host.Client.Http.BaseAddress };
        string text = await anybody.GetStringAsync("/metrics");

        // Other tests of this process count too.
        Value("hybridagents_runs_total{status=\"queued\"}").ShouldBeGreaterThanOrEqualTo(1);
        Value("hybridagents_runs_total{status=\"completed\"}").ShouldBeGreaterThanOrEqualTo(1);
        Value("hybridagents_tool_duration_seconds_count{tool=\"calculator\",outcome=\"ok\"}").ShouldBeGreaterThanOrEqualTo(1);
        text.ShouldContain("gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai\",gen_ai_request_model=\"gpt-4o\"}");
        text.ShouldContain("gen_ai_token_type=\"output\"");
        text.ShouldContain("hybridagents_engine_refusing ");
        Value("hybridagents_journal_durable_lsn_total").ShouldBeGreaterThan(0);
        text.ShouldNotContain("17*23");

        double Value(string series) => double.Parse(
            text.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task List_Filters_ReturnWhatFitsNewestFirst()
    {
        _host.Model.Respond = request => request.Body.Contains("fail", StringComparison.Ordinal) ? WireReply.Refuses(400) : WireReply.Says("Done.");
        string first = await EndedAsync("Go", ""","metadata":{"session_id":"s1"}""");
        string second = await EndedAsync("Go", ""","metadata":{"session_id":"s2"},"agent_config":{"agent_type":"math"}""");
        string third = await EndedAsync("fail", ""","metadata":{"session_id":"s1"},"agent_config":{"model":"openai:gpt-4o"}""");

        (await ListAsync("")).ShouldBe([third, second, first]);
        (await ListAsync("?status=completed")).ShouldBe([second, first]);
        (await ListAsync("?status=failed")).ShouldBe([third]);
        (await ListAsync("?status=queued")).ShouldBeEmpty();
        (await ListAsync("?agent_type=math")).ShouldBe([second]);
        (await ListAsync("?session_id=s1")).ShouldBe([third, first]);
        (await ListAsync("?session_id=s1&status=completed")).ShouldBe([first]);
        (await ListAsync($"?created_after={DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds()}")).Count.ShouldBe(3);
        (await ListAsync($"?created_after={Uri.EscapeDataString(DateTimeOffset.UtcNow.AddHours(1).ToString("o"))}")).ShouldBeEmpty();

        JsonElement page = await _host.Client.GetAsync("/api/v1/agents/runs?limit=2");
        page.GetProperty("runs").GetArrayLength().ShouldBe(2);
        (await ListAsync($"?limit=2&cursor={Uri.EscapeDataString(page.GetProperty("cursor").GetString()!)}")).ShouldBe([first]);
        foreach (string wrong in (string[])["?limit=0", "?limit=101", "?status=done", "?created_after=yesterday"])
        {
            using HttpResponseMessage answer = await _host.Client.Http.GetAsync($"/api/v1/agents/runs{wrong}");
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, wrong);
        }
    }

    [Fact]
    public async Task Fork_AfterATurn_GoesOnFromThereAndRestartBeginsAnew()
    {
        _host.Model.Enqueue(WireReply.Calls("calculator", """{"expression":"17*23"}"""), WireReply.Says("391."));
        string id = await EndedAsync("17*23?");
        string forked = await FromAsync(id, "fork", """{"from_turn":1,"overrides":{"agent_config":{"max_tokens":99}}}""");
        (await _host.Client.WaitAsync(forked, "completed", "failed")).GetProperty("usage").GetProperty("model_calls").GetInt32().ShouldBe(1);
        WireRequest sent = _host.Model.Requests[^1];
        sent.Json.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("role").GetString()).ShouldBe(["system", "user", "assistant", "tool"]);
        string restarted = await FromAsync(id, "restart", "");
        await _host.Client.WaitAsync(restarted, "completed", "failed");
        _host.Model.Requests[^1].Json.GetProperty("messages").GetArrayLength().ShouldBe(2);
        (await _host.Client.EventsAsync(forked))[0].GetProperty("origin").GetRawText().ShouldBe($$"""{"run_id":"{{id}}","turn":1}""");
    }

    private async Task<string> FromAsync(string id, string action, string body)
    {
        using HttpResponseMessage answer = await _host.Client.PostAsync($"/api/v1/agents/runs/{id}/{action}", body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, text);
        return JsonElement.Parse(text).GetProperty("run_id").GetString()!;
    }

    private async Task<string> EndedAsync(string text, string rest = "")
    {
        string id = await _host.Client.StartAsync(RunClient.Body(text, rest));
        await _host.Client.WaitAsync(id, "completed", "failed");
        return id;
    }

    private async Task<List<string?>> ListAsync(string query) =>
        [.. (await _host.Client.GetAsync($"/api/v1/agents/runs{query}")).GetProperty("runs").EnumerateArray().Select(static run => run.GetProperty("run_id").GetString())];

    private static IEnumerable<string> Names(JsonElement document) => document.EnumerateObject().Select(static property => property.Name);
}
