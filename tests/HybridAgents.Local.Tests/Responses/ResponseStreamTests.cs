using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests.Responses;

/// <summary>Streams of responses, and responses in the background.</summary>
public sealed class ResponseStreamTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private WiredHost _host = null!;

    public async Task InitializeAsync() => _host = await WiredHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Stream_Text_HasOpenAIsEventsInOrder()
    {
        _host.Model.Enqueue(WireReply.Says("From OpenAI."));
        JsonElement[] events = await StreamAsync("""{"model":"gpt-4o","input":"hello","stream":true}""");
        Types(events).ShouldBe(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
            "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
        ]);
        events.Select(static item => item.GetProperty("sequence_number").GetInt32()).ShouldBe(Enumerable.Range(0, events.Length));
        events[0].GetProperty("response").GetProperty("status").GetString().ShouldBe("in_progress");
        events[4].GetProperty("delta").GetString().ShouldBe("From OpenAI.");
        string item = events[2].GetProperty("item").GetProperty("id").GetString()!;
        events[3..7].ShouldAllBe(found => found.GetProperty("item_id").GetString() == item && found.GetProperty("output_index").GetInt32() == 0 && found.GetProperty("content_index").GetInt32() == 0);
        JsonElement response = events[^1].GetProperty("response");
        response.GetProperty("output")[0].GetRawText().ShouldBe(events[7].GetProperty("item").GetRawText());
        response.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(18);

        JsonElement[] again = await FollowAsync(response.GetProperty("id").GetString()!, 3);
        again.Select(static item => item.GetRawText()).ShouldBe(events[4..].Select(static item => item.GetRawText()), "the same events have the same numbers");
    }

    [Fact]
    public async Task Stream_ToolCalls_AreItems()
    {
        _host.Model.Enqueue(WireReply.Calls(new WireCall("look_up", """{"q":"a"}"""), new WireCall("look_up", """{"q":"b"}""")));
        JsonElement[] events = await StreamAsync("""{"model":"gpt-4o","input":"hello","stream":true,"tools":[{"type":"function","name":"look_up"}]}""");
        string[] one = ["response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done"];
        Types(events).ShouldBe(["response.created", "response.in_progress", .. one, .. one, "response.completed"]);
        events[2].GetProperty("item").GetProperty("arguments").GetString().ShouldBe("");
        events[8].GetProperty("arguments").GetString().ShouldBe("""{"q":"b"}""");
        events[9].GetProperty("output_index").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Stream_ModelBreaksOff_TheAnswerBeginsAnewInAnotherItem()
    {
        _host.Model.Models.Add("gpt-4o-mini");
        // More than is held back: it is shown before the connection breaks.
        _host.Model.Enqueue(WireReply.Says(new string('x', 3_000), "never").CutAfter(2), WireReply.Says("Whole."));
        JsonElement[] events = await StreamAsync("""{"model":"auto","input":"hello","stream":true}""");
        JsonElement[] done = [.. events.Where(static item => item.GetProperty("type").GetString() == "response.output_item.done")];
        done.Select(static item => item.GetProperty("item").GetProperty("status").GetString()).ShouldBe(["incomplete", "completed"]);
        done.Select(static item => item.GetProperty("output_index").GetInt32()).ShouldBe([0, 1]);
        JsonElement output = events[^1].GetProperty("response").GetProperty("output").EnumerateArray().ShouldHaveSingleItem();
        output.GetRawText().ShouldBe(done[1].GetProperty("item").GetRawText(), "text of a failed attempt is no part of the answer");
        output.GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("Whole.");
    }

    [Fact]
    public async Task Stream_Fails_EndsWithResponseFailed()
    {
        _host.Model.Respond = static _ => WireReply.Refuses(500, "broken");
        JsonElement[] events = await StreamAsync("""{"model":"gpt-4o","input":"hello","stream":true}""");
        Types(events).ShouldBe(["response.created", "response.in_progress", "response.failed"]);
        events[^1].GetProperty("response").GetProperty("error").GetProperty("code").GetString().ShouldBe("server_error");
    }

    [Fact]
    public async Task Stream_ClientGoes_TheRunIsCancelled()
    {
        _host.Model.Respond = static _ => WireReply.Says("one", "two").StallAfter(2);
        HttpResponseMessage answer = await OpenAsync("""{"model":"gpt-4o","input":"hello","stream":true}""");
        WireRequest request = await _host.Model.NextRequestAsync();
        answer.Dispose();
        await request.Aborted.WaitAsync(Limit);
    }

    [Fact]
    public async Task Background_Response_IsReadAndStreamedLater()
    {
        TaskCompletionSource gate = new();
        _host.Model.Respond = _ => WireReply.Says("Late.").AfterSignal(gate.Task);
        JsonElement begun = await PostAsync("/v1/responses", """{"model":"gpt-4o","input":"hello","background":true}""");
        begun.GetProperty("status").GetString().ShouldBeOneOf("queued", "in_progress");
        begun.GetProperty("background").GetBoolean().ShouldBeTrue();
        string id = begun.GetProperty("id").GetString()!;
        Task<JsonElement[]> watching = FollowAsync(id, null);
        gate.SetResult();
        JsonElement[] events = await watching;
        Types(events)[..3].ShouldBe(["response.created", "response.queued", "response.in_progress"]);
        (await _host.Client.GetAsync($"/v1/responses/{id}")).GetRawText().ShouldBe(events[^1].GetProperty("response").GetRawText());
        using HttpResponseMessage deleted = await _host.Client.Http.DeleteAsync($"/v1/responses/{id}");
        (await deleted.Content.ReadAsStringAsync()).ShouldBe($$"""{"id":"{{id}}","object":"response","deleted":true}""");
        using HttpResponseMessage gone = await _host.Client.Http.GetAsync($"/v1/responses/{id}");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Background_Cancel_AbortsTheModelCall()
    {
        _host.Model.Respond = static _ => WireReply.Says("one", "two").StallAfter(2);
        string id = (await PostAsync("/v1/responses", """{"model":"gpt-4o","input":"hello","background":true,"stream":false}""")).GetProperty("id").GetString()!;
        WireRequest request = await _host.Model.NextRequestAsync();
        using HttpResponseMessage early = await _host.Client.Http.DeleteAsync($"/v1/responses/{id}");
        early.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonElement cancelled = await PostAsync($"/v1/responses/{id}/cancel", "");
        cancelled.GetProperty("status").GetString().ShouldBe("cancelled");
        await request.Aborted.WaitAsync(Limit);
        (await PostAsync($"/v1/responses/{id}/cancel", "")).GetRawText().ShouldBe(cancelled.GetRawText(), "again is the same");
    }

    [Fact]
    public async Task Background_HostDies_TheResponseGoesOn()
    {
        _host.Model.Respond = static _ => WireReply.Says("one").StallAfter(1);
        string id = (await PostAsync("/v1/responses", """{"model":"gpt-4o","input":"hello","background":true}""")).GetProperty("id").GetString()!;
        await _host.Model.NextRequestAsync();
        _host.Model.Respond = static _ => WireReply.Says("Whole.");
        await _host.CutOffAsync(_host.Model.Release, static _ => { });
        JsonElement response = (await FollowAsync(id, null))[^1].GetProperty("response");
        response.GetProperty("status").GetString().ShouldBe("completed");
        response.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("Whole.");
    }

    [Fact]
    public async Task Cancel_NotInTheBackground_Is400()
    {
        string id = (await PostAsync("/v1/responses", """{"model":"gpt-4o","input":"hello"}""")).GetProperty("id").GetString()!;
        using HttpResponseMessage answer = await _host.Client.PostAsync($"/v1/responses/{id}/cancel", "");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<JsonElement> PostAsync(string path, string body)
    {
        using HttpResponseMessage answer = await _host.Client.PostAsync(path, body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    private async Task<HttpResponseMessage> OpenAsync(string body)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/responses") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        HttpResponseMessage answer = await _host.Client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return answer;
    }

    private async Task<JsonElement[]> StreamAsync(string body)
    {
        using HttpResponseMessage answer = await OpenAsync(body);
        return await ReadAsync(answer);
    }

    private async Task<JsonElement[]> FollowAsync(string id, int? after)
    {
        using HttpResponseMessage answer = await _host.Client.Http.GetAsync(
            $"/v1/responses/{id}?stream=true{(after is null ? "" : $"&starting_after={after}")}", HttpCompletionOption.ResponseHeadersRead);
        return await ReadAsync(answer);
    }

    private static async Task<JsonElement[]> ReadAsync(HttpResponseMessage answer)
    {
        List<JsonElement> events = [];
        using CancellationTokenSource limit = new(Limit);
        await foreach (SseItem<string> item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync(limit.Token))
        {
            events.Add(JsonElement.Parse(item.Data));
            events[^1].GetProperty("type").GetString().ShouldBe(item.EventType);
        }

        return [.. events];
    }

    private static string?[] Types(JsonElement[] events) => [.. events.Select(static item => item.GetProperty("type").GetString())];
}
