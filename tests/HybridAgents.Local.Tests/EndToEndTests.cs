using System.Net;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Local.Tests;

/// <summary>The whole product in this process: real Kestrel, journal, engine, orchestrations and the offline model.</summary>
public sealed class EndToEndTests : OfflineHost
{
    [Fact]
    public async Task Run_TwoTools_IsAnsweredWithEventsInOrder()
    {
        string id = await Client.StartAsync(RunClient.Body("What is 17 * 23, and what day is it?"));
        List<JsonElement> events = await Client.EventsAsync(id);
        events.Select(static item => item.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, events.Count).Select(static number => (long)number));
        string?[] types = [.. events.Select(static item => item.GetProperty("type").GetString())];
        types[0].ShouldBe("run.created");
        types[^1].ShouldBe("run.completed");
        types.Count(static type => type == "tool.completed").ShouldBe(2);
        foreach (JsonElement item in events)
            item.EnumerateObject().Select(static property => property.Name).ShouldBeUnique();

        JsonElement run = await Client.GetAsync($"/api/v1/agents/status/{id}");
        run.GetProperty("status").GetString().ShouldBe("completed");
        run.GetProperty("result").GetProperty("message").GetProperty("content").GetString()!.ShouldContain("391");
        run.GetProperty("usage").GetProperty("tool_calls").GetInt32().ShouldBe(2);

        JsonElement messages = (await Client.GetAsync($"/api/v1/agents/runs/{id}/messages")).GetProperty("messages");
        messages.EnumerateArray().Select(static message => message.GetProperty("message").GetProperty("role").GetString())
            .ShouldBe(["user", "assistant", "tool", "tool", "assistant"]);
        (await Client.GetAsync($"/api/v1/agents/runs/{id}/history")).GetProperty("steps").GetArrayLength().ShouldBeGreaterThan(3);
        (await Client.GetAsync("/api/v1/agents/runs?limit=10")).GetProperty("runs").EnumerateArray().Select(static item => item.GetProperty("run_id").GetString()).ShouldBe([id]);
    }

    [Fact]
    public async Task Watch_FromTheMiddle_GetsTheRestAndThenNothing()
    {
        string id = await Client.StartAsync(RunClient.Body("hello"));
        List<JsonElement> all = await Client.EventsAsync(id);
        List<JsonElement> rest = await Client.EventsAsync(id, startingAfter: 2);
        rest.Select(static item => item.GetRawText()).ShouldBe(all.Skip(2).Select(static item => item.GetRawText()));
        using HttpResponseMessage nothing = await Client.Http.GetAsync($"/api/v1/agents/runs/{id}/events?starting_after={all.Count}");
        nothing.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Start_SameKeyTwice_IsOneRun()
    {
        using HttpResponseMessage first = await Client.PostAsync("/api/v1/agents/run", RunClient.Body("hello"), "k1");
        using HttpResponseMessage second = await Client.PostAsync("/api/v1/agents/run", RunClient.Body("hello"), "k1");
        using HttpResponseMessage other = await Client.PostAsync("/api/v1/agents/run", RunClient.Body("other"), "k1");
        second.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        second.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        second.Headers.Location.ShouldBe(first.Headers.Location);
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Approval_Approved_LetsTheRunGoOn()
    {
        string id = await Client.StartAsync(RunClient.Body("What is 17 * 23?", ""","approval":{"tools":["calculator"]}"""));
        JsonElement waiting = await Client.WaitAsync(id, "requires_action");
        using (HttpResponseMessage early = await Client.Http.DeleteAsync($"/api/v1/agents/runs/{id}"))
            early.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonElement action = waiting.GetProperty("required_action");
        action.GetProperty("type").GetString().ShouldBe("approval");
        string path = $"/api/v1/agents/runs/{id}/approvals/{action.GetProperty("calls")[0].GetProperty("call_id").GetString()}";
        foreach (HttpStatusCode expected in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.OK])
        {
            using HttpResponseMessage answer = await Client.PostAsync(path, """{"decision":"approve"}""");
            answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        }

        using (HttpResponseMessage different = await Client.PostAsync(path, """{"decision":"reject"}"""))
            different.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonElement done = await Client.WaitAsync(id, "completed", "failed");
        done.GetProperty("result").GetProperty("message").GetProperty("content").GetString()!.ShouldContain("391");

        using HttpResponseMessage purged = await Client.Http.DeleteAsync($"/api/v1/agents/runs/{id}");
        purged.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage gone = await Client.Http.GetAsync($"/api/v1/agents/status/{id}");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_EndsTheRunAndIsThenUnchanged()
    {
        string id = await Client.StartAsync(RunClient.Body("What is 17 * 23?", ""","approval":{"tools":["calculator"]}"""));
        await Client.WaitAsync(id, "requires_action");
        using HttpResponseMessage cancel = await Client.PostAsync($"/api/v1/agents/cancel/{id}", """{"reason":"enough"}""");
        cancel.StatusCode.ShouldBe(HttpStatusCode.Accepted, await cancel.Content.ReadAsStringAsync());
        await Client.WaitAsync(id, "cancelled");
        using HttpResponseMessage again = await Client.PostAsync($"/api/v1/agents/cancel/{id}", "");
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task List_ForeignCursor_IsRefused()
    {
        using HttpResponseMessage answer = await Client.Http.GetAsync("/api/v1/agents/runs?cursor=nonsense");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task SystemHealth_Running_NamesEngineStorageAndProviders()
    {
        JsonElement health = await Client.GetAsync("/api/v1/system/health");
        health.GetProperty("status").GetString().ShouldBe("ok");
        health.GetProperty("dependencies").EnumerateArray().Select(static dependency => dependency.GetProperty("name").GetString())
            .ShouldBe(["storage", "providers", "engine"], ignoreOrder: true);
    }

    [Fact]
    public async Task Start_SecondHostOnTheSameFolder_IsRefused()
    {
        await using LocalHost second = LocalHost.Build(Arguments);
        IOException error = await Should.ThrowAsync<IOException>(() => second.StartAsync());
        error.Message.ShouldContain(Data);
    }
}
