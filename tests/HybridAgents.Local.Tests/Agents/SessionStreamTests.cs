using System.Net;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests.Agents;

/// <summary>Chat completions that are turns of a conversation: <c>/api/v1/chat/streaming</c> with <c>session_id</c>.</summary>
public sealed class SessionStreamTests : IAsyncLifetime
{
    private const string Path = "/api/v1/chat/streaming";

    private WiredHost _host = null!;

    public async Task InitializeAsync() => _host = await WiredHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Stream_Session_IsATurnOfItsConversation()
    {
        _host.Model.Enqueue(WireReply.Says("Hi."), WireReply.Says("Once ", "more."));
        string session = await BeginAsync();
        JsonElement[] chunks = await ChunksAsync($$"""{"message":"Two","session_id":"{{session}}","model":"gpt-4o","max_tokens":50,"stream_options":{"include_usage":true} }""");
        chunks.Select(static chunk => chunk.GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem().ShouldStartWith("chatcmpl-run_");
        chunks.ShouldAllBe(static chunk => chunk.GetProperty("model").GetString() == "gpt-4o" && chunk.GetProperty("object").GetString() == "chat.completion.chunk");
        chunks[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString().ShouldBe("assistant");
        string.Concat(chunks[1..^2].Select(static chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString())).ShouldBe("Once more.");
        chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
        chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(18);
        _host.Model.Requests[1].Json.GetProperty("messages").EnumerateArray().Skip(1).Select(static message => message.GetProperty("content").GetString()).ShouldBe(["One", "Hi.", "Two"]);
        _host.Model.Requests[1].Json.GetProperty("max_completion_tokens").GetInt32().ShouldBe(50);
        (await _host.Client.GetAsync($"/api/v1/conversations/{session}")).GetProperty("message_count").GetInt32().ShouldBe(4, "what is done is kept");
    }

    [Fact]
    public async Task Stream_TurnFails_IsAnOrdinaryErrorAndLeavesTheConversation()
    {
        string session = await BeginAsync();
        _host.Model.Respond = static _ => WireReply.Refuses(500);
        using HttpResponseMessage answer = await _host.Client.PostAsync(Path, $$"""{"message":"Two","session_id":"{{session}}"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await _host.Client.GetAsync($"/api/v1/conversations/{session}")).GetProperty("message_count").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Stream_ModelBreaksOffAfterItsFirstWords_IsOneErrorEventAndTheTurnGoesOn()
    {
        _host.Model.Models.Add("gpt-4o-mini");
        string session = await BeginAsync();
        // More than is held back: it is shown before the connection breaks.
        _host.Model.Enqueue(WireReply.Says(new string('x', 3_000), "never").CutAfter(2), WireReply.Says("Whole."));
        using HttpResponseMessage answer = await _host.Client.PostAsync(Path, $$"""{"message":"Two","session_id":"{{session}}"}""");
        string[] data = await DataAsync(answer);
        data.ShouldNotContain("[DONE]");
        JsonElement error = JsonElement.Parse(data[^1]).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("provider_error");
        error.GetProperty("message").GetString()!.ShouldContain("/api/v1/agents/status/run_");
    }

    [Fact]
    public async Task Stream_UnknownSession_Is404()
    {
        using HttpResponseMessage answer = await _host.Client.PostAsync(Path, """{"message":"Two","session_id":"conv_01ARZ3NDEKTSV4RRFFQ69G5FAV"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request_error");
    }

    private async Task<string> BeginAsync()
    {
        using HttpResponseMessage answer = await _host.Client.PostAsync("/api/v1/chat", """{"message":"One"}""");
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("session_id").GetString()!;
    }

    private async Task<JsonElement[]> ChunksAsync(string body)
    {
        using HttpResponseMessage answer = await _host.Client.PostAsync(Path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        string[] data = await DataAsync(answer);
        data[^1].ShouldBe("[DONE]");
        return [.. data[..^1].Select(static line => JsonElement.Parse(line))];
    }

    private static async Task<string[]> DataAsync(HttpResponseMessage answer) =>
        [.. (await answer.Content.ReadAsStringAsync()).Split('\n').Where(static line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(static line => line["data: ".Length..])];
}
