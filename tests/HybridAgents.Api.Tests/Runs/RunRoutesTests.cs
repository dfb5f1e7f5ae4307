using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Tests.Runs;

public sealed class RunRoutesTests : IAsyncLifetime
{
    private const string Run = $"/api/v1/agents/runs/{Views.RunId}";
    private const string Status = $"/api/v1/agents/status/{Views.RunId}";
    private const string Cancel = $"/api/v1/agents/cancel/{Views.RunId}";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Status_Running_ShowsEveryFieldOfTheContract()
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync(Status);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        JsonElement run = await answer.JsonAsync();
        run.EnumerateObject().Select(static property => property.Name).ShouldBe(
            [
                "run_id", "object", "status", "created_at", "started_at", "completed_at", "agent", "progress", "usage", "routing", "required_action", "result", "error",
                "metadata", "polling_url", "events_url", "last_event",
            ],
            ignoreOrder: true);
        run.GetProperty("status").GetString().ShouldBe("in_progress");
        run.GetProperty("completed_at").ValueKind.ShouldBe(JsonValueKind.Null);
        run.GetProperty("metadata").ValueKind.ShouldBe(JsonValueKind.Object);
        run.GetProperty("polling_url").GetString().ShouldBe(Status);
        run.GetProperty("progress").GetProperty("max_turns").GetInt32().ShouldBe(16);
        run.GetProperty("usage").GetProperty("cost_usd").GetDecimal().ShouldBe(0.5m);
    }

    [Fact]
    public async Task Status_Completed_HasTheMessageAndNoRetryAfter()
    {
        _host.Runs.View = Views.Completed();
        using HttpResponseMessage answer = await _host.Guest.GetAsync(Status);
        answer.Headers.RetryAfter.ShouldBeNull();
        (await answer.JsonAsync()).GetProperty("result").GetProperty("message").GetRawText().ShouldBe("""{"role":"assistant","content":"391"}""");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("31")]
    [InlineData("x")]
    [InlineData("1.5")]
    [InlineData("")]
    public async Task Status_WaitOutOfRange_IsRefused(string wait)
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync($"{Status}?wait={wait}");
        (await answer.FaultsAsync()).ShouldContainKey("query.wait");
    }

    [Fact]
    public async Task Status_HostStopsWhileWaiting_AnswersAtOnce()
    {
        Task<HttpResponseMessage> waiting = _host.Guest.GetAsync($"{Status}?wait=30");
        await _host.Runs.Waiting.Task;
        Task stop = _host.StopAsync();
        using HttpResponseMessage answer = await waiting;
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        _host.Runs.Wait.ShouldBe(TimeSpan.FromSeconds(30));
        await stop;
    }

    [Theory]
    [InlineData("GET", "/api/v1/agents/status/{0}")]
    [InlineData("POST", "/api/v1/agents/cancel/{0}")]
    [InlineData("GET", "/api/v1/agents/runs/{0}/events")]
    [InlineData("GET", "/api/v1/agents/runs/{0}/messages")]
    [InlineData("GET", "/api/v1/agents/runs/{0}/history")]
    [InlineData("GET", "/api/v1/agents/runs/{0}/result")]
    [InlineData("POST", "/api/v1/agents/runs/{0}/suspend")]
    [InlineData("POST", "/api/v1/agents/runs/{0}/resume")]
    [InlineData("DELETE", "/api/v1/agents/runs/{0}")]
    public async Task Send_UnknownRun_IsNotFound(string method, string pattern)
    {
        _host.Runs.View = null;
        _host.Runs.Changed = null;
        _host.Runs.PurgeOutcome = PurgeResult.NotFound;
        foreach (string id in (string[])[Views.RunId, "run_short", "..%2f..%2fetc"])
        {
            using HttpRequestMessage request = new(new HttpMethod(method), string.Format(null, System.Text.CompositeFormat.Parse(pattern), id));
            using HttpResponseMessage answer = await _host.User.SendAsync(request);
            await answer.ErrorAsync(HttpStatusCode.NotFound, "not_found");
        }
    }

    [Fact]
    public async Task List_EveryFilter_ReachesTheQuery()
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync(
            "/api/v1/agents/runs?status=requires_action&agent_type=math&session_id=s1&created_after=1700000000&limit=5&cursor=abc");
        _host.Runs.Query.ShouldBe(new RunQuery
        {
            Status = RunStatus.RequiresAction,
            AgentType = "math",
            SessionId = "s1",
            CreatedAfter = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
            Limit = 5,
            Cursor = "abc",
        });
        JsonElement page = await answer.JsonAsync();
        page.GetProperty("cursor").GetString().ShouldBe("next");
        page.GetProperty("runs")[0].GetProperty("polling_url").GetString().ShouldBe(Status);
    }

    [Theory]
    [InlineData("status=busy", "query.status", "in_progress")]
    [InlineData("status=1", "query.status", "queued")]
    [InlineData("limit=0", "query.limit", "1 to 100")]
    [InlineData("limit=101", "query.limit", "1 to 100")]
    [InlineData("created_after=yesterday", "query.created_after", "ISO-8601")]
    [InlineData("limit=1&limit=2", "query.limit", "once")]
    public async Task List_FilterWrong_IsRefused(string query, string path, string message)
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync($"/api/v1/agents/runs?{query}");
        (await answer.FaultsAsync())[path].ShouldContain(message);
    }

    [Theory]
    [InlineData(false, HttpStatusCode.Accepted)]
    [InlineData(true, HttpStatusCode.OK)]
    public async Task Cancel_RunningOrEnded_AnswersAccordingly(bool ended, HttpStatusCode status)
    {
        _host.Runs.CancelOutcome = new(ended ? Views.Completed() : Views.Running(RunStatus.Cancelling), ended);
        using HttpResponseMessage answer = await _host.User.PostAsync(Cancel, null);
        answer.StatusCode.ShouldBe(status);
        (await answer.JsonAsync()).GetProperty("status").GetString().ShouldBe(ended ? "completed" : "cancelling");
        _host.Runs.Cancel.ShouldBe((null, false));
    }

    [Fact]
    public async Task Cancel_WithReasonAndForce_HandsThemOn()
    {
        _host.Runs.CancelOutcome = new(Views.Running(RunStatus.Cancelling), false);
        using HttpResponseMessage answer = await _host.User.PostAsync(Cancel, ApiHost.Json("""{"reason":"enough","force":true}"""));
        _host.Runs.Cancel.ShouldBe(("enough", true));
    }

    [Theory]
    [InlineData("suspend")]
    [InlineData("resume")]
    public async Task SuspendAndResume_AllowedOrNot_AnswersAccordingly(string verb)
    {
        using HttpResponseMessage changed = await _host.User.PostAsync($"{Run}/{verb}", null);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        _host.Runs.Changed = false;
        using HttpResponseMessage refused = await _host.User.PostAsync($"{Run}/{verb}", null);
        (await refused.ErrorAsync(HttpStatusCode.Conflict, "conflict")).GetProperty("message").GetString()!.ShouldContain("in_progress");
    }

    [Theory]
    [InlineData(PurgeResult.Purged, HttpStatusCode.NoContent)]
    [InlineData(PurgeResult.NotTerminal, HttpStatusCode.Conflict)]
    [InlineData(PurgeResult.PartOfAnother, HttpStatusCode.Conflict)]
    [InlineData(PurgeResult.NotFound, HttpStatusCode.NotFound)]
    public async Task Delete_EachOutcome_HasItsStatus(PurgeResult outcome, HttpStatusCode status)
    {
        _host.Runs.PurgeOutcome = outcome;
        using HttpResponseMessage answer = await _host.User.DeleteAsync(Run);
        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Messages_WithToolCalls_HaveTheShapeOfRequests()
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync($"{Run}/messages");
        JsonElement messages = (await answer.JsonAsync()).GetProperty("messages");
        messages[1].GetProperty("message").GetRawText().ShouldBe(
            """{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"calculator","arguments":"{\"expression\":\"17*23\"}"}}]}""");
        messages[2].GetProperty("message").GetRawText().ShouldBe("""{"role":"tool","content":"391","name":"calculator","tool_call_id":"call_1"}""");
    }

    [Fact]
    public async Task History_Steps_AreShown()
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync($"{Run}/history");
        (await answer.JsonAsync()).GetProperty("steps")[0].GetProperty("outcome").GetString().ShouldBe("running");
    }

    [Fact]
    public async Task Result_RunningOrEnded_IsAConflictOrTheOutcome()
    {
        using HttpResponseMessage early = await _host.Guest.GetAsync($"{Run}/result");
        await early.ErrorAsync(HttpStatusCode.Conflict, "conflict");
        _host.Runs.View = Views.Completed();
        using HttpResponseMessage answer = await _host.Guest.GetAsync($"{Run}/result");
        (await answer.JsonAsync()).GetProperty("result").GetProperty("finish_reason").GetString().ShouldBe("stop");
    }

    [Fact]
    public async Task Answers_OfEachKind_ReachTheRun()
    {
        await TakenAsync("approvals/call_1", """{"decision":"reject","comment":"no"}""");
        await TakenAsync("tool_outputs", """{"outputs":[{"call_id":"a","output":"1"},{"call_id":"b","output":"","is_error":true}]}""");
        await TakenAsync("reviews/call_2", """{"decision":"done","output":"it happened"}""");
        _host.Runs.Answers.ShouldBe(
        [
            new RunAnswer.Approval("call_1", false, "no"), new RunAnswer.ToolOutput("a", "1", false), new RunAnswer.ToolOutput("b", "", true),
            new RunAnswer.Review("call_2", "done", "it happened"),
        ]);
    }

    [Theory]
    [InlineData("approvals/c", """{"decision":"maybe"}""", "decision")]
    [InlineData("approvals/c", "{}", "decision")]
    [InlineData("approvals/c", """{"decision":"approve","why":1}""", "why")]
    [InlineData("reviews/c", """{"decision":"approve"}""", "decision")]
    [InlineData("reviews/c", """{"decision":"retry","output":"x"}""", "output")]
    [InlineData("tool_outputs", """{"outputs":[]}""", "outputs")]
    [InlineData("tool_outputs", """{"outputs":[{"call_id":"a"}]}""", "outputs[0].output")]
    [InlineData("tool_outputs", """{"outputs":[{"call_id":"a","output":"1"},{"call_id":"a","output":"2"}]}""", "outputs")]
    public async Task Answers_Malformed_AreRefused(string route, string body, string path)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync($"{Run}/{route}", ApiHost.Json(body));
        (await answer.FaultsAsync()).ShouldContainKey(path);
        _host.Runs.Answers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(AnswerResult.Conflict, HttpStatusCode.Conflict, "conflict")]
    [InlineData(AnswerResult.Ended, HttpStatusCode.Conflict, "conflict")]
    [InlineData(AnswerResult.NotFound, HttpStatusCode.NotFound, "not_found")]
    public async Task Answers_NotTaken_SayWhy(AnswerResult outcome, HttpStatusCode status, string code)
    {
        _host.Runs.AnswerOutcome = outcome;
        using HttpResponseMessage answer = await _host.User.PostAsync($"{Run}/approvals/call_1", ApiHost.Json("""{"decision":"approve"}"""));
        JsonElement error = await answer.ErrorAsync(status, code);
        error.GetProperty("details").GetProperty("call_id").GetString().ShouldBe("call_1");
    }

    private async Task TakenAsync(string route, string body)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync($"{Run}/{route}", ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        (await answer.JsonAsync()).GetProperty("run_id").GetString().ShouldBe(Views.RunId);
    }
}
