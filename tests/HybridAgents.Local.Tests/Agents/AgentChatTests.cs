using System.Net;
using System.Text;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests.Agents;

/// <summary>The chat routes and conversations over HTTP.</summary>
public sealed class AgentChatTests : IAsyncLifetime
{
    private WiredHost _host = null!;

    public async Task InitializeAsync() => _host = await WiredHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private RunClient Client => _host.Client;

    [Fact]
    public async Task Stream_Turn_SendsItsEventsInOrder()
    {
        _host.Model.Enqueue(WireReply.Calls(new WireCall("calculator", """{"expression":"6*7"}""")), WireReply.Says("It is 42."));
        using HttpResponseMessage answer = await Client.PostAsync("/api/v1/agents/general/chat", """{"message":"What?"}""");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        JsonElement[] events = Lines(await answer.Content.ReadAsStringAsync());
        events.Select(static item => item.GetProperty("seq").GetInt32()).ShouldBe(Enumerable.Range(1, events.Length));
        events.Select(static item => item.GetProperty("type").GetString()).Distinct().ShouldBe(["start", "tool_call", "tool_result", "token", "done"]);
        events[0].GetProperty("conversation_id").GetString().ShouldBe(answer.Headers.GetValues("x-conversation-id").Single());
        events[1].GetProperty("args").GetProperty("expression").GetString().ShouldBe("6*7");
        events[2].GetProperty("result").GetString().ShouldBe("42");
        events[2].GetProperty("call_id").GetString().ShouldBe(events[1].GetProperty("call_id").GetString());
        string.Concat(events.Where(static item => item.GetProperty("type").GetString() == "token").Select(static item => item.GetProperty("content").GetString())).ShouldBe("It is 42.");
        events[^1].GetProperty("response").GetString().ShouldBe("It is 42.");
        (await Client.GetAsync($"/api/v1/conversations/{events[0].GetProperty("conversation_id").GetString()}")).GetProperty("message_count").GetInt32().ShouldBe(4, "what is done is kept");
    }

    [Fact]
    public async Task Stream_TurnFails_EndsWithAnErrorAndLeavesTheConversation()
    {
        _host.Model.Enqueue(WireReply.Refuses(400));
        using HttpResponseMessage answer = await Client.PostAsync("/api/v1/agents/general/chat", """{"message":"What?"}""");
        JsonElement[] events = Lines(await answer.Content.ReadAsStringAsync());
        events[^1].GetProperty("type").GetString().ShouldBe("error");
        events[^1].GetProperty("code").GetString().ShouldBe("provider_error");
        (await Client.GetAsync($"/api/v1/conversations/{events[0].GetProperty("conversation_id").GetString()}/messages")).GetProperty("messages").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Chat_Turns_AreOneConversationUnderThreeNames()
    {
        _host.Model.Enqueue(WireReply.Says("Hi."), WireReply.Says("Again."));
        JsonElement first = await SayAsync("/api/v1/chat", """{"message":"One","temperature":0.1,"max_tokens":50}""");
        string id = first.GetProperty("session_id").GetString()!;
        JsonElement second = await SayAsync("/api/v1/agents/chat", $$"""{"message":"Two","session_id":"{{id}}"}""");
        second.GetProperty("response").GetString().ShouldBe("Again.");
        second.GetProperty("execution_metrics").GetProperty("model_calls").GetInt32().ShouldBe(1);
        _host.Model.Requests[1].Json.GetProperty("messages").EnumerateArray().Skip(1).Select(static message => message.GetProperty("content").GetString()).ShouldBe(["One", "Hi.", "Two"]);
        foreach (string path in new[] { "conversations", "sessions", "chat/conversations" })
            (await Client.GetAsync($"/api/v1/{path}/{id}/messages")).GetProperty("messages").GetArrayLength().ShouldBe(4);
        (await Client.GetAsync($"/api/v1/agents/status/{second.GetProperty("run_id").GetString()}")).GetProperty("conversation_id").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task Chat_ThatAsksAPerson_NamesItsConversationAndWhatIsAsked()
    {
        _host.Model.Enqueue(WireReply.Calls(new WireCall("delete_task", """{"task_id":"task_0123456789abcdef"}""")));
        using HttpResponseMessage answer = await Client.PostAsync("/api/v1/chat", """{"message":"Delete it","agent_type":"task"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        JsonElement accepted = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        accepted.GetProperty("status").GetString().ShouldBe("requires_action");
        string id = accepted.GetProperty("session_id").GetString()!;
        (await Client.GetAsync($"/api/v1/conversations/{id}")).GetProperty("active_run_id").GetString().ShouldBe(accepted.GetProperty("run_id").GetString());
        using HttpResponseMessage meanwhile = await Client.PostAsync("/api/v1/chat", $$"""{"message":"And?","session_id":"{{id}}"}""");
        meanwhile.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Stream_TurnThatAsksAPerson_SaysWhatAndGoesOnWithTheAnswer()
    {
        _host.Model.Enqueue(WireReply.Calls(new WireCall("delete_task", """{"task_id":"task_0123456789abcdef"}""")), WireReply.Says("Left."));
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/agents/task/chat") { Content = new StringContent("""{"message":"Delete it"}""", Encoding.UTF8, "application/json") };
        using HttpResponseMessage answer = await Client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync());
        List<string> types = [];
        while (await lines.ReadLineAsync() is { } line)
        {
            JsonElement item = JsonElement.Parse(line);
            types.Add(item.GetProperty("type").GetString()!);
            if (types[^1] != "warning")
                continue;
            JsonElement asked = item.GetProperty("required_action");
            asked.GetProperty("type").GetString().ShouldBe("approval");
            string run = item.GetProperty("polling_url").GetString()!.Split('/')[^1];
            using HttpResponseMessage taken = await Client.PostAsync(
                $"/api/v1/agents/runs/{run}/approvals/{asked.GetProperty("calls")[0].GetProperty("call_id").GetString()}", """{"decision":"reject"}""");
            taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        types.ShouldBe(["start", "warning", "tool_result", "token", "done"]);
    }

    [Fact]
    public async Task Chat_SameIdempotencyKey_IsTheSameTurnInTheSameConversation()
    {
        _host.Model.Enqueue(WireReply.Says("Hi."));
        string[] answers = new string[2];
        for (int attempt = 0; attempt < 2; attempt++)
        {
            using HttpResponseMessage answer = await Client.PostAsync("/api/v1/chat", """{"message":"One"}""", idempotencyKey: "k1");
            answers[attempt] = await answer.Content.ReadAsStringAsync();
        }

        answers[1].ShouldBe(answers[0]);
        (await Client.GetAsync("/api/v1/conversations")).GetProperty("conversations").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"message":" "}""", HttpStatusCode.BadRequest, "message")]
    [InlineData("""{"message":"x","agent_type":"nobody"}""", HttpStatusCode.BadRequest, "agent_type")]
    [InlineData("""{"message":"x","session_id":"mine"}""", HttpStatusCode.NotFound, "no conversation 'mine'")]
    [InlineData("""{"message":"x","session_id":"conv_00000000000000000000000000"}""", HttpStatusCode.NotFound, "no conversation")]
    [InlineData("""{"message":"x","stream":true}""", HttpStatusCode.BadRequest, "stream")]
    public async Task Chat_WrongRequest_IsRefusedAndLeavesNoConversation(string body, HttpStatusCode expected, string words)
    {
        using HttpResponseMessage answer = await Client.PostAsync("/api/v1/chat", body);
        answer.StatusCode.ShouldBe(expected);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(words);
        (await Client.GetAsync("/api/v1/conversations")).GetProperty("conversations").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Run_InAConversation_IsATurnWhereAnotherSessionIsAWord()
    {
        _host.Model.Enqueue(WireReply.Says("Hi."), WireReply.Says("Free."), WireReply.Says("More."));
        using HttpResponseMessage made = await Client.PostAsync("/api/v1/conversations", """{"title":"Mine"}""");
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        string id = JsonElement.Parse(await made.Content.ReadAsStringAsync()).GetProperty("conversation_id").GetString()!;
        await Client.WaitAsync(await Client.StartAsync(RunClient.Body("One", $$""","metadata":{"session_id":"{{id}}"}""")), "completed");
        await Client.WaitAsync(await Client.StartAsync(RunClient.Body("Aside", ""","metadata":{"session_id":"my-own-word"}""")), "completed");
        await Client.WaitAsync(await Client.StartAsync(RunClient.Body("Two", $$""","conversation_id":"{{id}}","multitask_strategy":"enqueue" """)), "completed");
        JsonElement conversation = await Client.GetAsync($"/api/v1/conversations/{id}");
        (conversation.GetProperty("title").GetString(), conversation.GetProperty("message_count").GetInt32()).ShouldBe(("Mine", 4));
        using HttpResponseMessage foreign = await Client.PostAsync("/api/v1/agents/run", RunClient.Body("x", ""","conversation_id":"conv_00000000000000000000000000" """));
        foreign.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Conversation_ExportAndRegenerate_WorkOverHttp()
    {
        _host.Model.Enqueue(WireReply.Calls(new WireCall("calculator", """{"expression":"1+1"}""")), WireReply.Says("Two."), WireReply.Says("It is two."));
        string id = (await SayAsync("/api/v1/chat", """{"message":"Sum?"}""")).GetProperty("session_id").GetString()!;
        using HttpResponseMessage again = await Client.PostAsync($"/api/v1/conversations/{id}/regenerate", "");
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted, await again.Content.ReadAsStringAsync());
        await Client.WaitAsync(JsonElement.Parse(await again.Content.ReadAsStringAsync()).GetProperty("run_id").GetString()!, "completed");
        using HttpResponseMessage markdown = await Client.Http.GetAsync($"/api/v1/conversations/{id}/export?format=markdown");
        string text = await markdown.Content.ReadAsStringAsync();
        text.ShouldStartWith("# Sum?\n\n## User · ");
        text.ShouldContain("It is two.");
        text.ShouldNotContain("\nTwo.");
        (await Client.GetAsync($"/api/v1/conversations/{id}/export")).GetProperty("messages").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Chat_BusyConversation_IsRefusedOrQueuedAsAsked()
    {
        TaskCompletionSource gate = new();
        _host.Model.Enqueue(WireReply.Says("One.").AfterSignal(gate.Task), WireReply.Says("Two."));
        using HttpResponseMessage made = await Client.PostAsync("/api/v1/conversations", "");
        string id = JsonElement.Parse(await made.Content.ReadAsStringAsync()).GetProperty("conversation_id").GetString()!;
        string first = await Client.StartAsync(RunClient.Body("First", $$""","conversation_id":"{{id}}" """));
        using HttpResponseMessage refused = await Client.PostAsync("/api/v1/chat", $$"""{"message":"Now","session_id":"{{id}}"}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        string second = await Client.StartAsync(RunClient.Body("Second", $$""","conversation_id":"{{id}}","multitask_strategy":"enqueue" """));
        JsonElement busy = await Client.GetAsync($"/api/v1/conversations/{id}");
        (busy.GetProperty("active_run_id").GetString(), busy.GetProperty("queued_run_ids")[0].GetString()).ShouldBe((first, second));
        gate.SetResult();
        await Client.WaitAsync(second, "completed");
        (await Client.GetAsync($"/api/v1/conversations/{id}/messages")).GetProperty("messages").EnumerateArray()
            .Select(static entry => entry.GetProperty("message").GetProperty("content").GetString()).ShouldBe(["First", "One.", "Second", "Two."]);
    }

    [Theory]
    [InlineData("PUT", "run", HttpStatusCode.MethodNotAllowed, "POST")]
    [InlineData("DELETE", "runs", HttpStatusCode.MethodNotAllowed, "GET")]
    [InlineData("GET", "chat", HttpStatusCode.MethodNotAllowed, "POST")]
    [InlineData("PATCH", "status", HttpStatusCode.NotFound, null)]
    [InlineData("GET", "models", HttpStatusCode.NotFound, null)]
    public async Task Agent_ReservedWord_IsAnsweredClearly(string method, string word, HttpStatusCode expected, string? allowed)
    {
        using HttpRequestMessage request = new(new(method), $"/api/v1/agents/{word}") { Content = method is "PUT" or "PATCH" ? new StringContent("not even json") : null };
        using HttpResponseMessage answer = await Client.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(expected);
        answer.Content.Headers.Allow.SingleOrDefault().ShouldBe(allowed);
    }

    private async Task<JsonElement> SayAsync(string path, string body)
    {
        using HttpResponseMessage answer = await Client.PostAsync(path, body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    private static JsonElement[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonElement.Parse(line))];
}
