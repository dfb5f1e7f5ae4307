using System.Net;
using System.Text.Json;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Local.Tests;

/// <summary>The whole product in this process: real Kestrel, journal, engine, orchestrations and the offline model.</summary>
public sealed class EndToEndTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private LocalHost _host = null!;
    private RunClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = LocalHost.Build(Arguments);
        await _host.StartAsync();
        _client = new(_host.Url, _host.NewAdminKey);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    private string[] Arguments =>
        ["--urls", "http://127.0.0.1:0", "--data", Path.Combine(_folder.Path, "data"), "--Providers:Ollama:Enabled", "false", "--Logging:LogLevel:Default", "Critical"];

    [Fact]
    public async Task Run_TwoTools_IsAnsweredWithEventsInOrder()
    {
        string id = await _client.StartAsync(RunClient.Body("What is 17 * 23, and what day is it?"));
        List<JsonElement> events = await _client.EventsAsync(id);
        events.Select(static item => item.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, events.Count).Select(static number => (long)number));
        string?[] types = [.. events.Select(static item => item.GetProperty("type").GetString())];
        types[0].ShouldBe("run.created");
        types[^1].ShouldBe("run.completed");
        types.Count(static type => type == "tool.completed").ShouldBe(2);
        foreach (JsonElement item in events)
            item.EnumerateObject().Select(static property => property.Name).ShouldBeUnique();

        JsonElement run = await _client.GetAsync($"/api/v1/agents/status/{id}");
        run.GetProperty("status").GetString().ShouldBe("completed");
        run.GetProperty("result").GetProperty("message").GetProperty("content").GetString()!.ShouldContain("391");
        run.GetProperty("usage").GetProperty("tool_calls").GetInt32().ShouldBe(2);

        JsonElement messages = (await _client.GetAsync($"/api/v1/agents/runs/{id}/messages")).GetProperty("messages");
        messages.EnumerateArray().Select(static message => message.GetProperty("message").GetProperty("role").GetString())
            .ShouldBe(["user", "assistant", "tool", "tool", "assistant"]);
        (await _client.GetAsync($"/api/v1/agents/runs/{id}/history")).GetProperty("steps").GetArrayLength().ShouldBeGreaterThan(3);
        (await _client.GetAsync("/api/v1/agents/runs?limit=10")).GetProperty("runs").EnumerateArray().Select(static item => item.GetProperty("run_id").GetString()).ShouldBe([id]);
    }

    [Fact]
    public async Task Watch_FromTheMiddle_GetsTheRestAndThenNothing()
    {
        string id = await _client.StartAsync(RunClient.Body("hello"));
        List<JsonElement> all = await _client.EventsAsync(id);
        List<JsonElement> rest = await _client.EventsAsync(id, startingAfter: 2);
        rest.Select(static item => item.GetRawText()).ShouldBe(all.Skip(2).Select(static item => item.GetRawText()));
        using HttpResponseMessage nothing = await _client.Http.GetAsync($"/api/v1/agents/runs/{id}/events?starting_after={all.Count}");
        nothing.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Start_SameKeyTwice_IsOneRun()
    {
        using HttpResponseMessage first = await _client.PostAsync("/api/v1/agents/run", RunClient.Body("hello"), "k1");
        using HttpResponseMessage second = await _client.PostAsync("/api/v1/agents/run", RunClient.Body("hello"), "k1");
        using HttpResponseMessage other = await _client.PostAsync("/api/v1/agents/run", RunClient.Body("other"), "k1");
        second.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        second.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        second.Headers.Location.ShouldBe(first.Headers.Location);
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Approval_Approved_LetsTheRunGoOn()
    {
        string id = await _client.StartAsync(RunClient.Body("What is 17 * 23?", ""","approval":{"tools":["calculator"]}"""));
        JsonElement waiting = await _client.WaitAsync(id, "requires_action");
        using (HttpResponseMessage early = await _client.Http.DeleteAsync($"/api/v1/agents/runs/{id}"))
            early.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonElement action = waiting.GetProperty("required_action");
        action.GetProperty("type").GetString().ShouldBe("approval");
        string path = $"/api/v1/agents/runs/{id}/approvals/{action.GetProperty("calls")[0].GetProperty("call_id").GetString()}";
        foreach (HttpStatusCode expected in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.OK])
        {
            using HttpResponseMessage answer = await _client.PostAsync(path, """{"decision":"approve"}""");
            answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        }

        using (HttpResponseMessage different = await _client.PostAsync(path, """{"decision":"reject"}"""))
            different.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonElement done = await _client.WaitAsync(id, "completed", "failed");
        done.GetProperty("result").GetProperty("message").GetProperty("content").GetString()!.ShouldContain("391");

        using HttpResponseMessage purged = await _client.Http.DeleteAsync($"/api/v1/agents/runs/{id}");
        purged.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage gone = await _client.Http.GetAsync($"/api/v1/agents/status/{id}");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_EndsTheRunAndIsThenUnchanged()
    {
        string id = await _client.StartAsync(RunClient.Body("What is 17 * 23?", ""","approval":{"tools":["calculator"]}"""));
        await _client.WaitAsync(id, "requires_action");
        using HttpResponseMessage cancel = await _client.PostAsync($"/api/v1/agents/cancel/{id}", """{"reason":"enough"}""");
        cancel.StatusCode.ShouldBe(HttpStatusCode.Accepted, await cancel.Content.ReadAsStringAsync());
        await _client.WaitAsync(id, "cancelled");
        using HttpResponseMessage again = await _client.PostAsync($"/api/v1/agents/cancel/{id}", "");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task List_ForeignCursor_IsRefused()
    {
        using HttpResponseMessage answer = await _client.Http.GetAsync("/api/v1/agents/runs?cursor=nonsense");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task SystemHealth_Running_NamesEngineStorageAndProviders()
    {
        JsonElement health = await _client.GetAsync("/api/v1/system/health");
        health.GetProperty("status").GetString().ShouldBe("ok");
        health.GetProperty("dependencies").EnumerateArray().Select(static dependency => dependency.GetProperty("name").GetString())
            .ShouldBe(["storage", "providers", "engine"], ignoreOrder: true);
    }

    [Fact]
    public async Task Start_SecondHostOnTheSameFolder_IsRefused()
    {
        await using LocalHost second = LocalHost.Build(Arguments);
        IOException error = await Should.ThrowAsync<IOException>(() => second.StartAsync());
        error.Message.ShouldContain(_folder.Path);
    }
}
