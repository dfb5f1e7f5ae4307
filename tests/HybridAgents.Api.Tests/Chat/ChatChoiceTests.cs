using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>Several answers to one call (<c>n</c>). The wire server marks the pieces of every answer but the first.</summary>
public sealed class ChatChoiceTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Complete_ThreeAnswers_AreAllThereInOrder()
    {
        JsonElement body = await _gateway.CompleteAsync(rest: ""","model":"auto","n":3""");
        _gateway.OpenAi.Requests.ShouldHaveSingleItem().Json.GetProperty("n").GetInt32().ShouldBe(3);
        body.GetProperty("choices").EnumerateArray().Select(static choice => $"{choice.GetProperty("index")} {Text(choice)} {choice.GetProperty("finish_reason")}")
            .ShouldBe(["0 From OpenAI. stop", "1 1:From 1:OpenAI. stop", "2 2:From 2:OpenAI. stop"]);
        body.GetProperty("message").GetProperty("content").GetString().ShouldBe("From OpenAI.");
        body.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(18);
        body.GetProperty("routing_metrics").GetProperty("rejected").EnumerateArray().Select(static entry => entry.GetRawText())
            .ShouldContain("""{"candidate":"ollama:llama2:latest","reason":"parameter_not_supported"}""");
    }

    [Fact]
    public async Task Complete_ToolCalls_BelongToTheirAnswer()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Calls("look_up", """{"q":"a"}""");
        JsonElement body = await _gateway.CompleteAsync(rest: ""","n":2,"tools":[{"type":"function","function":{"name":"look_up"}}]""");
        JsonElement[] choices = [.. body.GetProperty("choices").EnumerateArray()];
        choices.ShouldAllBe(static choice => choice.GetProperty("finish_reason").GetString() == "tool_calls");
        choices.Select(static choice => choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray().Single().GetProperty("function").GetProperty("arguments").GetString())
            .ShouldBe(["""{"q":"a"}""", """{"q":"a"}"""]);
    }

    [Fact]
    public async Task Stream_TwoAnswers_EachHasRoleTextAndReason()
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: ""","n":2,"stream":true,"stream_options":{"include_usage":true}"""));
        string[] lines = [.. (await answer.Content.ReadAsStringAsync()).Split('\n').Where(static line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(static line => line[6..])];
        lines[^1].ShouldBe("[DONE]");
        JsonElement.Parse(lines[^2]).GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(18);
        JsonElement[] choices = [.. lines[..^2].Select(static line => JsonElement.Parse(line).GetProperty("choices").EnumerateArray().Single())];
        foreach ((int index, string text) in new[] { (0, "From OpenAI."), (1, "1:From 1:OpenAI.") })
        {
            JsonElement[] own = [.. choices.Where(choice => choice.GetProperty("index").GetInt32() == index)];
            own[0].GetProperty("delta").GetProperty("role").GetString().ShouldBe("assistant");
            string.Concat(own.Select(static choice => choice.GetProperty("delta").TryGetProperty("content", out JsonElement piece) ? piece.GetString() : "")).ShouldBe(text);
            own.Select(static choice => choice.GetProperty("finish_reason").GetString()).OfType<string>().ShouldBe(["stop"]);
        }
    }

    [Fact]
    public async Task Complete_ServiceTakesNoNotice_IsAFailureOfThatService()
    {
        _gateway.OpenAi.Quirks = new() { OneAnswerOnly = true };
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: ""","n":2"""));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.BadRequest, "request_rejected");
        error.GetProperty("details").GetProperty("original_message").GetString().ShouldBe("The service gave 1 of 2 answers.");
    }

    [Fact]
    public async Task Complete_Repeated_AsksAnew()
    {
        await _gateway.CompleteAsync(rest: ""","n":2,"temperature":0""");
        await _gateway.CompleteAsync(rest: ""","n":2,"temperature":0""");
        _gateway.OpenAi.Requests.Count.ShouldBe(2);
    }

    private static string? Text(JsonElement choice) => choice.GetProperty("message").GetProperty("content").GetString();
}
