using System.Net;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests.Responses;

/// <summary>OpenAI's Responses API over durable runs.</summary>
public sealed class ResponseTests : IAsyncLifetime
{
    private const string Tools = ""","tools":[{"type":"function","name":"look_up","description":"Finds.","parameters":{"type":"object","properties":{"q":{"type":"string"}}},"strict":true}]""";

    private WiredHost _host = null!;

    public async Task InitializeAsync() => _host = await WiredHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private RunClient Client => _host.Client;

    [Fact]
    public async Task Create_Text_HasOpenAIsShape()
    {
        _host.Model.Enqueue(WireReply.Says("From ", "OpenAI."));
        JsonElement response = await CreateAsync(""","instructions":"Be brief.","temperature":0.5,"max_output_tokens":99,"metadata":{"a":"b"},"text":{"format":{"type":"json_object"}},"reasoning":{"effort":"low"}""");
        string id = response.GetProperty("id").GetString()!;
        id.ShouldStartWith("resp_");
        response.GetProperty("object").GetString().ShouldBe("response");
        response.GetProperty("status").GetString().ShouldBe("completed");
        response.GetProperty("created_at").GetInt64().ShouldBeGreaterThan(1_700_000_000);
        response.GetProperty("model").GetString().ShouldBe("gpt-4o");
        response.GetProperty("provider").GetString().ShouldBe("openai");
        JsonElement item = response.GetProperty("output").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("id").GetString()!.ShouldStartWith("msg_");
        item.GetProperty("content").GetRawText().ShouldBe("""[{"type":"output_text","text":"From OpenAI.","annotations":[],"logprobs":[]}]""");
        response.GetProperty("usage").GetRawText().ShouldBe(
            """{"input_tokens":11,"input_tokens_details":{"cached_tokens":0},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":18}""");
        (response.GetProperty("instructions").GetString(), response.GetProperty("temperature").GetDouble(), response.GetProperty("max_output_tokens").GetInt32()).ShouldBe(("Be brief.", 0.5, 99));
        response.GetProperty("metadata").GetRawText().ShouldBe("""{"a":"b"}""");
        response.GetProperty("text").GetRawText().ShouldBe("""{"format":{"type":"json_object"}}""");
        response.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        JsonElement sent = _host.Model.Requests.ShouldHaveSingleItem().Json;
        sent.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("content").GetString()).ShouldBe(["Be brief.", "hello"]);
        sent.GetProperty("max_completion_tokens").GetInt32().ShouldBe(99);
        sent.GetProperty("response_format").GetProperty("type").GetString().ShouldBe("json_object");
        sent.GetProperty("reasoning_effort").GetString().ShouldBe("low");
        (await Client.GetAsync($"/v1/responses/{id}")).GetRawText().ShouldBe(response.GetRawText());
    }

    [Fact]
    public async Task Create_ItemsOfEveryKind_ReachTheModel()
    {
        using HttpResponseMessage answer = await Client.PostAsync("/v1/responses", """
            {"model":"openai:gpt-4o","routing_preferences":{"allow_cloud_private":true},"input":[
              {"role":"developer","content":"Rules."},
              {"type":"message","role":"user","content":[{"type":"input_text","text":"See:"},{"type":"input_image","image_url":"https://example.org/a.png","detail":"low"}]},
              {"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Looking.","annotations":[]}]},
              {"type":"function_call","call_id":"c1","name":"look_up","arguments":"{}"},
              {"type":"function_call","call_id":"c2","name":"look_up","arguments":"{}"},
              {"type":"function_call_output","call_id":"c1","output":"one"},
              {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]}]}
            """);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        JsonElement messages = _host.Model.Requests.ShouldHaveSingleItem().Json.GetProperty("messages");
        messages.EnumerateArray().Select(static message => message.GetProperty("role").GetString()).ShouldBe(["system", "user", "assistant", "tool", "tool"]);
        messages[1].GetProperty("content").EnumerateArray().Select(static part => part.GetProperty("type").GetString()).ShouldBe(["text", "image_url"]);
        messages[2].GetProperty("tool_calls").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Create_ToolCall_IsAnsweredByTheNextResponse()
    {
        _host.Model.Enqueue(WireReply.Calls("look_up", """{"q":"a"}"""), WireReply.Says("Found."));
        JsonElement first = await CreateAsync(Tools);
        first.GetProperty("status").GetString().ShouldBe("completed");
        first.GetProperty("tools")[0].GetProperty("strict").GetBoolean().ShouldBeTrue();
        JsonElement call = first.GetProperty("output").EnumerateArray().ShouldHaveSingleItem();
        (call.GetProperty("type").GetString(), call.GetProperty("name").GetString(), call.GetProperty("arguments").GetString()).ShouldBe(("function_call", "look_up", """{"q":"a"}"""));
        string previous = $"\"previous_response_id\":\"{first.GetProperty("id").GetString()}\"";
        JsonElement second = await PostAsync($$"""{"model":"gpt-4o",{{previous}},"input":[{"type":"function_call_output","call_id":"{{call.GetProperty("call_id").GetString()}}","output":"42"}]}""");
        second.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("Found.");
        JsonElement messages = _host.Model.Requests[1].Json.GetProperty("messages");
        messages.EnumerateArray().Select(static message => message.GetProperty("role").GetString()).ShouldBe(["user", "assistant", "tool"]);
        messages[2].GetProperty("content").GetString().ShouldBe("42");
        await RefusedAsync($$"""{"model":"gpt-4o",{{previous}},"input":"And?"}""", HttpStatusCode.BadRequest, "validation_error", "input");
        await RefusedAsync($$"""{"model":"gpt-4o",{{previous}},"input":[{"type":"function_call_output","call_id":"other","output":"42"}]}""", HttpStatusCode.BadRequest, "validation_error", "input.tool_call_id");
    }

    [Fact]
    public async Task Create_PreviousWasPrivate_StaysPrivate()
    {
        JsonElement first = await PostAsync("""{"model":"openai:gpt-4o","input":"My password is hunter2!","routing_preferences":{"allow_cloud_private":true}}""");
        await RefusedAsync($$"""{"model":"openai:gpt-4o","previous_response_id":"{{first.GetProperty("id").GetString()}}","input":"Go on."}""", HttpStatusCode.UnprocessableEntity, "privacy_unsatisfiable", null);
        _host.Model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Create_AnswerCutShort_IsIncomplete()
    {
        _host.Model.Enqueue(WireReply.Says("Half").WithFinishReason("length"));
        JsonElement response = await CreateAsync();
        response.GetProperty("status").GetString().ShouldBe("incomplete");
        response.GetProperty("incomplete_details").GetProperty("reason").GetString().ShouldBe("max_output_tokens");
    }

    [Fact]
    public async Task Create_NotStored_CannotBeReadLater()
    {
        JsonElement response = await CreateAsync(""","store":false""");
        string id = response.GetProperty("id").GetString()!;
        using HttpResponseMessage answer = await Client.Http.GetAsync($"/v1/responses/{id}");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using HttpResponseMessage run = await Client.Http.GetAsync($"/api/v1/agents/status/{id.Replace("resp_", "run_", StringComparison.Ordinal)}");
        run.StatusCode.ShouldBe(HttpStatusCode.NotFound, "nothing of it is left");
    }

    [Fact]
    public async Task Create_SameIdempotencyKey_IsTheSameResponse()
    {
        string[] ids = new string[2];
        for (int index = 0; index < 2; index++)
        {
            using HttpResponseMessage answer = await Client.PostAsync("/v1/responses", """{"model":"gpt-4o","input":"hello"}""", "key-1");
            ids[index] = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("id").GetString()!;
        }

        ids[0].ShouldBe(ids[1]);
        _host.Model.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"model":"gpt-99","input":"x"}""", HttpStatusCode.NotFound, "model_not_found", "model")]
    [InlineData("""{"model":"gpt-4o"}""", HttpStatusCode.BadRequest, "validation_error", "input")]
    [InlineData("""{"model":"gpt-4o","input":"x","previous_response_id":"resp_nope"}""", HttpStatusCode.BadRequest, "previous_response_not_found", "previous_response_id")]
    [InlineData("""{"model":"gpt-4o","input":"x","background":true,"store":false}""", HttpStatusCode.BadRequest, "validation_error", "background")]
    [InlineData("""{"model":"gpt-4o","input":"x","tools":[{"type":"web_search"}]}""", HttpStatusCode.BadRequest, "validation_error", "tools[0].type")]
    [InlineData("""{"model":"gpt-4o","input":"x","tools":[{"type":"function","name":"a b"}]}""", HttpStatusCode.BadRequest, "validation_error", "tools[0].name")]
    [InlineData("""{"model":"gpt-4o","input":"x","tool_choice":"required"}""", HttpStatusCode.BadRequest, "validation_error", "tool_choice")]
    [InlineData("""{"model":"gpt-4o","input":"x","conversation":"conv_1"}""", HttpStatusCode.BadRequest, "validation_error", "conversation")]
    [InlineData("""{"model":"gpt-4o","input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]}""", HttpStatusCode.BadRequest, "validation_error", "input[0].content[0].type")]
    [InlineData("""{"model":"gpt-4o","input":[{"type":"item_reference","id":"x"}]}""", HttpStatusCode.BadRequest, "validation_error", "input[0].type")]
    [InlineData("""{"model":"gpt-4o","input":[{"type":"function_call","call_id":"c","name":"f"}]}""", HttpStatusCode.BadRequest, "validation_error", "input[0].arguments")]
    [InlineData("""{"model":"gpt-4o","input":"x","metadata":{"a":1}}""", HttpStatusCode.BadRequest, "validation_error", "metadata.a")]
    public async Task Create_BadRequest_NamesTheField(string body, HttpStatusCode status, string code, string param)
    {
        await RefusedAsync(body, status, code, param);
        _host.Model.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Create_ProviderFails_IsAnErrorAndAFailedResponse()
    {
        _host.Model.Respond = static _ => WireReply.Refuses(500, "broken");
        string run = await RefusedAsync("""{"model":"gpt-4o","input":"x"}""", HttpStatusCode.BadGateway, "provider_error", null);
        JsonElement response = await Client.GetAsync($"/v1/responses/{run.Replace("run_", "resp_", StringComparison.Ordinal)}");
        response.GetProperty("status").GetString().ShouldBe("failed");
        response.GetProperty("error").GetProperty("code").GetString().ShouldBe("server_error");
        response.GetProperty("error").GetProperty("message").GetString()!.ShouldStartWith("provider_error: ");
    }

    [Fact]
    public async Task Create_ClientGoes_TheRunIsCancelled()
    {
        _host.Model.Respond = static _ => WireReply.Says("one", "two").StallAfter(2);
        using CancellationTokenSource leave = new();
        using StringContent body = new("""{"model":"gpt-4o","input":"x"}""", System.Text.Encoding.UTF8, "application/json");
        Task<HttpResponseMessage> answering = Client.Http.PostAsync("/v1/responses", body, leave.Token);
        WireRequest request = await _host.Model.NextRequestAsync();
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(answering);
        await request.Aborted.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Read_RunThatIsNoResponse_Is404()
    {
        string run = await Client.StartAsync(RunClient.Body("hello"));
        using HttpResponseMessage answer = await Client.Http.GetAsync($"/v1/responses/{run.Replace("run_", "resp_", StringComparison.Ordinal)}");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private Task<JsonElement> CreateAsync(string rest = "") => PostAsync($$"""{"model":"gpt-4o","input":"hello"{{rest}}}""");

    private async Task<JsonElement> PostAsync(string body)
    {
        using HttpResponseMessage answer = await Client.PostAsync("/v1/responses", body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    /// <returns>The run that the error names, if there was one.</returns>
    private async Task<string> RefusedAsync(string body, HttpStatusCode status, string code, string? param)
    {
        using HttpResponseMessage answer = await Client.PostAsync("/v1/responses", body);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        JsonElement error = JsonElement.Parse(text).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe(code);
        error.GetProperty("param").GetString().ShouldBe(param);
        error.GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
        return error.TryGetProperty("details", out JsonElement details) && details.ValueKind == JsonValueKind.Object && details.TryGetProperty("run_id", out JsonElement run) ? run.GetString()! : "";
    }
}
