using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>Whole answers.</summary>
public sealed class ChatCompletionTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/api/v1/chat/completions")]
    public async Task Complete_Text_HasOpenAIsShapeAndOursBeside(string path)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: ""","model":"openai:gpt-4o","some_new_field":1"""), path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.GetValues("x-request-id").Single().ShouldBe(answer.Headers.GetValues("x-correlation-id").Single());
        JsonElement body = await answer.JsonAsync();
        body.GetProperty("id").GetString().ShouldStartWith("chatcmpl-");
        body.GetProperty("object").GetString().ShouldBe("chat.completion");
        body.GetProperty("created").GetInt64().ShouldBeGreaterThan(1_700_000_000);
        body.GetProperty("model").GetString().ShouldBe("gpt-4o");
        JsonElement choice = body.GetProperty("choices").EnumerateArray().ShouldHaveSingleItem();
        choice.GetRawText().ShouldBe("""{"index":0,"message":{"role":"assistant","content":"From OpenAI.","refusal":null},"logprobs":null,"finish_reason":"stop"}""");
        body.GetProperty("usage").GetRawText().ShouldBe("""{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}""");
        body.GetProperty("message").GetProperty("content").GetString().ShouldBe("From OpenAI.");
        body.GetProperty("provider").GetString().ShouldBe("openai");
        JsonElement metrics = body.GetProperty("routing_metrics");
        metrics.GetProperty("decision_factors").EnumerateArray().Select(static factor => factor.GetString()).ShouldContain("explicit_model");
        metrics.GetProperty("rejected").EnumerateArray().Select(static entry => entry.GetProperty("candidate").GetString()).ShouldContain("ollama:llama2:latest");
    }

    [Theory]
    [InlineData("auto", "ollama", "llama2:latest")]
    [InlineData("gpt-4o", "openai", "gpt-4o")]
    [InlineData("llama2", "ollama", "llama2:latest")]
    [InlineData("openai:gpt-4o", "openai", "gpt-4o")]
    public async Task Complete_Model_IsRead(string model, string provider, string answering)
    {
        JsonElement body = await _gateway.CompleteAsync(rest: $$""","model":"{{model}}" """);
        body.GetProperty("provider").GetString().ShouldBe(provider);
        body.GetProperty("model").GetString().ShouldBe(answering);
    }

    [Fact]
    public async Task Complete_UnknownModel_Is404ThatNamesTheField()
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: ""","model":"gpt-99" """));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.NotFound, "model_not_found");
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("param").GetString().ShouldBe("model");
        answer.Headers.Contains("x-request-id").ShouldBeTrue();
    }

    [Fact]
    public async Task Complete_EveryOption_ReachesTheProvider()
    {
        JsonElement schema = JsonElement.Parse("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""");
        await _gateway.CompleteAsync(rest: $$$"""
            ,"model":"openai:gpt-4o","temperature":0.5,"top_p":0.25,"frequency_penalty":1,"presence_penalty":-1,"seed":7,"stop":["END","X"],"max_completion_tokens":99,
            "logprobs":true,"top_logprobs":2,"reasoning_effort":"minimal","parallel_tool_calls":false,
            "response_format":{"type":"json_schema","json_schema":{"name":"form","strict":true,"schema":{{{schema.GetRawText()}}}}},
            "tools":[{"type":"function","function":{"name":"look_up","description":"Finds.","strict":true,"parameters":{{{schema.GetRawText()}}}}}],
            "tool_choice":{"type":"function","function":{"name":"look_up"}}
            """);
        JsonElement sent = _gateway.OpenAi.Requests.ShouldHaveSingleItem().Json;
        sent.GetProperty("temperature").GetDouble().ShouldBe(0.5);
        sent.GetProperty("top_p").GetDouble().ShouldBe(0.25);
        sent.GetProperty("frequency_penalty").GetDouble().ShouldBe(1);
        sent.GetProperty("presence_penalty").GetDouble().ShouldBe(-1);
        sent.GetProperty("seed").GetInt64().ShouldBe(7);
        sent.GetProperty("stop").EnumerateArray().Select(static text => text.GetString()).ShouldBe(["END", "X"]);
        sent.GetProperty("max_completion_tokens").GetInt32().ShouldBe(99);
        sent.GetProperty("logprobs").GetBoolean().ShouldBeTrue();
        sent.GetProperty("top_logprobs").GetInt32().ShouldBe(2);
        sent.GetProperty("reasoning_effort").GetString().ShouldBe("minimal");
        sent.GetProperty("parallel_tool_calls").GetBoolean().ShouldBeFalse();
        JsonElement format = sent.GetProperty("response_format").GetProperty("json_schema");
        format.GetProperty("name").GetString().ShouldBe("form");
        format.GetProperty("strict").GetBoolean().ShouldBeTrue();
        JsonElement.DeepEquals(format.GetProperty("schema"), schema).ShouldBeTrue();
        sent.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString().ShouldBe("look_up");
        JsonElement tool = sent.GetProperty("tools")[0].GetProperty("function");
        tool.GetProperty("strict").GetBoolean().ShouldBeTrue();
        JsonElement.DeepEquals(tool.GetProperty("parameters"), schema).ShouldBeTrue();
    }

    [Fact]
    public async Task Complete_OptionsThatOllamaKnows_ReachIt()
    {
        await _gateway.CompleteAsync(rest: ""","model":"ollama:llama2","top_p":0.25,"frequency_penalty":1,"presence_penalty":-1,"seed":7,"stop":"END","response_format":{"type":"json_object"}""");
        JsonElement sent = _gateway.Ollama.Requests.ShouldHaveSingleItem().Json;
        sent.GetProperty("format").GetString().ShouldBe("json");
        JsonElement options = sent.GetProperty("options");
        options.GetProperty("top_p").GetDouble().ShouldBe(0.25);
        options.GetProperty("frequency_penalty").GetDouble().ShouldBe(1);
        options.GetProperty("presence_penalty").GetDouble().ShouldBe(-1);
        options.GetProperty("seed").GetInt64().ShouldBe(7);
        options.GetProperty("stop")[0].GetString().ShouldBe("END");
    }

    [Theory]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"reasoning_effort\":\"low\"", "reasoning_effort")]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look_up\"}}],\"tool_choice\":\"required\"", "tool_choice")]
    public async Task Complete_OptionThatOnlyOpenAIKnows_GoesThereOrIs400(string option, string field)
    {
        (await _gateway.CompleteAsync(rest: "," + option)).GetProperty("provider").GetString().ShouldBe("openai");
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: $$""","model":"ollama:llama2",{{option}}"""));
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "parameter_not_supported")).GetProperty("param").GetString().ShouldBe(field);
        _gateway.Ollama.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"n\":0", "n")]
    [InlineData("\"n\":9", "n")]
    [InlineData("\"logit_bias\":{\"1\":2}", "logit_bias")]
    [InlineData("\"functions\":[]", "functions")]
    [InlineData("\"modalities\":[\"audio\"]", "modalities[0]")]
    [InlineData("\"top_logprobs\":2", "top_logprobs")]
    [InlineData("\"temperature\":3", "temperature")]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop")]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", "max_tokens")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "response_format.json_schema")]
    [InlineData("\"routing_preferences\":{\"privacy_level\":\"secret\"}", "routing_preferences.privacy_level")]
    public async Task Complete_FieldThatCannotBeHonoured_Is400ThatNamesIt(string field, string path)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: "," + field));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error");
        error.GetProperty("param").GetString().ShouldBe(path);
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
    }

    [Fact]
    public async Task Complete_MessagesOfEveryKind_ReachTheProvider()
    {
        using HttpResponseMessage answer = await _gateway.PostAsync("""
            {"model":"openai:gpt-4o","messages":[
              {"role":"developer","content":"Be brief."},
              {"role":"user","content":[{"type":"text","text":"One."},{"type":"text","text":"Two."}],"name":"ann"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look_up","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"found"}]}
            """);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement messages = _gateway.OpenAi.Requests.ShouldHaveSingleItem().Json.GetProperty("messages");
        messages.EnumerateArray().Select(static message => message.GetProperty("role").GetString()).ShouldBe(["system", "user", "assistant", "tool"]);
        messages[1].GetRawText().ShouldContain("One.\\nTwo.");
        messages[2].GetProperty("tool_calls")[0].GetProperty("id").GetString().ShouldBe("c1");
        messages[3].GetProperty("tool_call_id").GetString().ShouldBe("c1");
    }

    [Theory]
    [InlineData("""[{"role":"user"}]""", "messages[0].content")]
    [InlineData("""[{"role":"robot","content":"x"}]""", "messages[0].role")]
    [InlineData("""[{"role":"tool","tool_call_id":"c9","content":"x"}]""", "messages[0].tool_call_id")]
    [InlineData("[]", "messages")]
    public async Task Complete_BadMessage_Is400ThatNamesIt(string messages, string path)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync($$"""{"model":"auto","messages":{{messages}}}""");
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error")).GetProperty("param").GetString().ShouldBe(path);
    }

    [Fact]
    public async Task Complete_ToolCalls_AreInTheMessage()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Calls(new WireCall("look_up", """{"q":"a"}"""), new WireCall("look_up", """{"q":"b"}"""));
        JsonElement body = await _gateway.CompleteAsync(rest: ""","model":"gpt-4o","tools":[{"type":"function","function":{"name":"look_up"}}]""");
        JsonElement choice = body.GetProperty("choices")[0];
        choice.GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        choice.GetProperty("message").GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        JsonElement calls = choice.GetProperty("message").GetProperty("tool_calls");
        calls.GetArrayLength().ShouldBe(2);
        calls[1].GetProperty("type").GetString().ShouldBe("function");
        calls[1].GetProperty("function").GetProperty("arguments").GetString().ShouldBe("""{"q":"b"}""");
    }

    [Fact]
    public async Task Complete_ToolChoiceNone_OffersNoTools()
    {
        await _gateway.CompleteAsync(rest: ""","model":"gpt-4o","tool_choice":"none","tools":[{"type":"function","function":{"name":"look_up"}}]""");
        _gateway.OpenAi.Requests.ShouldHaveSingleItem().Json.TryGetProperty("tools", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Complete_WrongKey_Is401InvalidApiKey()
    {
        using HttpClient client = _gateway.Host.Client("sk-wrong");
        using HttpResponseMessage answer = await client.PostAsync("/v1/chat/completions", ApiHost.Json(Gateway.Body()));
        (await answer.ErrorAsync(HttpStatusCode.Unauthorized, "invalid_api_key")).GetProperty("type").GetString().ShouldBe("invalid_request_error");
        answer.Headers.Contains("x-request-id").ShouldBeTrue();
    }

    [Fact]
    public async Task Complete_TwoMegabytes_AreTaken()
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(new string('a', 2_000_000), ""","model":"gpt-4o","max_tokens":5"""));
        answer.StatusCode.ShouldNotBe(HttpStatusCode.RequestEntityTooLarge);
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "context_length_exceeded")).GetProperty("type").GetString().ShouldBe("invalid_request_error");
    }
}
