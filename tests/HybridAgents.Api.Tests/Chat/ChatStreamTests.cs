using System.Net;
using System.Text.Json;
using HybridAgents.Api.Chat;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>Streamed answers.</summary>
public sealed class ChatStreamTests : IAsyncLifetime
{
    private const string Stream = ""","stream":true,"model":"openai:gpt-4o" """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Stream_Text_HasOneIdTheRoleFirstAndTheReasonLast()
    {
        (List<JsonElement> chunks, bool done) = await ChunksAsync(Gateway.Body(rest: Stream));
        done.ShouldBeTrue();
        chunks.Select(static chunk => chunk.GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem().ShouldStartWith("chatcmpl-");
        chunks.ShouldAllBe(static chunk => chunk.GetProperty("object").GetString() == "chat.completion.chunk" && chunk.GetProperty("model").GetString() == "gpt-4o");
        chunks.ShouldAllBe(static chunk => !HasUsage(chunk));
        chunks.Select(static chunk => chunk.GetProperty("choices")[0].GetRawText()).ShouldBe(
        [
            """{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{"content":"From "},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{"content":"OpenAI."},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}""",
        ]);
    }

    [Fact]
    public async Task Stream_UsageAskedFor_IsOneMoreChunk()
    {
        (List<JsonElement> chunks, _) = await ChunksAsync(Gateway.Body(rest: Stream + ""","stream_options":{"include_usage":true}"""));
        chunks[^1].GetProperty("choices").GetArrayLength().ShouldBe(0);
        chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(18);
        chunks.SkipLast(1).ShouldAllBe(static chunk => chunk.GetProperty("usage").ValueKind == JsonValueKind.Null);
        chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
    }

    [Fact]
    public async Task Stream_ToolCalls_HaveTheirIndex()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Calls(new WireCall("look_up", """{"q":"a"}"""), new WireCall("look_up", """{"q":"b"}"""));
        (List<JsonElement> chunks, _) = await ChunksAsync(Gateway.Body(rest: Stream + ""","tools":[{"type":"function","function":{"name":"look_up"}}]"""));
        JsonElement[] calls = [.. chunks.Select(static chunk => chunk.GetProperty("choices")[0].GetProperty("delta"))
            .Where(static delta => delta.TryGetProperty("tool_calls", out _)).Select(static delta => delta.GetProperty("tool_calls")[0])];
        calls.Select(static call => call.GetProperty("index").GetInt32()).ShouldBe([0, 1]);
        calls.Select(static call => call.GetProperty("function").GetProperty("arguments").GetString()).ShouldBe(["""{"q":"a"}""", """{"q":"b"}"""]);
        chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
    }

    [Fact]
    public async Task Stream_FailureBeforeTheFirstToken_IsNotSeen()
    {
        _gateway.Ollama.Respond = static _ => WireReply.Says("never").CutAfter(0);
        (List<JsonElement> chunks, bool done) = await ChunksAsync(Gateway.Body(rest: ""","stream":true"""));
        done.ShouldBeTrue();
        chunks.ShouldAllBe(static chunk => chunk.GetProperty("model").GetString() == "gpt-4o");
        _gateway.Ollama.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stream_AllFailBeforeTheFirstToken_IsAnOrdinaryError()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Refuses(500, "no");
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: Stream));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Fact]
    public async Task Stream_FailureAfterTheFirstToken_IsOneErrorEventAndTheEnd()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Says("Half ", "an ", "answer").CutAfter(2);
        (List<JsonElement> chunks, bool done) = await ChunksAsync(Gateway.Body(rest: Stream));
        done.ShouldBeFalse();
        JsonElement error = chunks[^1].GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("provider_error");
        error.GetProperty("type").GetString().ShouldBe("server_error");
        error.TryGetProperty("param", out _).ShouldBeTrue();
        chunks.SkipLast(1).ShouldAllBe(static chunk => chunk.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task Stream_Headers_WaitForTheFirstToken()
    {
        TaskCompletionSource gate = new();
        _gateway.OpenAi.Respond = _ => WireReply.Says("late").AfterSignal(gate.Task);
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = Support.ApiHost.Json(Gateway.Body(rest: Stream)) };
        Task<HttpResponseMessage> answering = _gateway.Host.User.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await _gateway.OpenAi.NextRequestAsync();
        answering.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        using HttpResponseMessage answer = await answering.WaitAsync(Limit);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Stream_LongSilence_HasSignsOfLife()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Says("one", "two").StallAfter(2);
        using HttpResponseMessage answer = await OpenAsync(Gateway.Body(rest: Stream));
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        await ReadUntilAsync(reader, static line => line.Contains("one", StringComparison.Ordinal));
        Task<string?> next = Task.Run(async () => await ReadUntilAsync(reader, static line => line.StartsWith(':')));
        while (!next.IsCompleted)
        {
            _gateway.Host.Time.Advance(ChatStreamResult.Heartbeat);
            await Task.Yield();
        }

        (await next).ShouldBe(": keep-alive");
        _gateway.OpenAi.Release();
        (await ReadUntilAsync(reader, static line => line == "data: [DONE]")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Stream_ClientGoes_TheProvidersSocketIsClosed()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Says("one", "two").StallAfter(2);
        HttpResponseMessage answer = await OpenAsync(Gateway.Body(rest: Stream));
        WireRequest request = await _gateway.OpenAi.NextRequestAsync();
        answer.Dispose();
        await request.Aborted.WaitAsync(Limit);
    }

    [Fact]
    public async Task Complete_ClientGoes_TheProvidersSocketIsClosed()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Says("one", "two").StallAfter(2);
        using CancellationTokenSource leave = new();
        Task<HttpResponseMessage> answering = _gateway.PostAsync(Gateway.Body(rest: ""","model":"gpt-4o" """), cancellationToken: leave.Token);
        WireRequest request = await _gateway.OpenAi.NextRequestAsync();
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(answering);
        await request.Aborted.WaitAsync(Limit);
    }

    private async Task<HttpResponseMessage> OpenAsync(string body)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = Support.ApiHost.Json(body) };
        HttpResponseMessage answer = await _gateway.Host.User.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return answer;
    }

    private async Task<(List<JsonElement> Chunks, bool Done)> ChunksAsync(string body)
    {
        using HttpResponseMessage answer = await OpenAsync(body);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        List<JsonElement> chunks = [];
        while (await reader.ReadLineAsync().WaitAsync(Limit) is { } line)
        {
            if (line == "data: [DONE]")
                return (chunks, true);
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                chunks.Add(JsonElement.Parse(line["data: ".Length..]));
        }

        return (chunks, false);
    }

    private static async Task<string?> ReadUntilAsync(StreamReader reader, Func<string, bool> wanted)
    {
        while (await reader.ReadLineAsync().WaitAsync(Limit) is { } line)
        {
            if (wanted(line))
                return line;
        }

        return null;
    }

    private static bool HasUsage(JsonElement chunk) => chunk.TryGetProperty("usage", out _);
}
