using System.Text.Json;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>The official client for Node, unmodified, against the gateway.</summary>
public sealed class OpenAINodeTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [NodeFact]
    public async Task Node_Complete_ReadsTheAnswer()
    {
        JsonElement seen = await RunAsync("complete");
        seen.GetProperty("text").GetString().ShouldBe("From OpenAI.");
        seen.GetProperty("reason").GetString().ShouldBe("stop");
        seen.GetProperty("tokens").GetInt32().ShouldBe(18);
        seen.GetProperty("requestId").GetString().ShouldNotBeNullOrEmpty();
    }

    [NodeFact]
    public async Task Node_Stream_ReadsTheChunksAndTheUsage()
    {
        JsonElement seen = await RunAsync("stream");
        seen.GetProperty("text").GetString().ShouldBe("From OpenAI.");
        seen.GetProperty("ids").GetInt32().ShouldBe(1);
        seen.GetProperty("reasons").GetRawText().ShouldBe("""["stop"]""");
        seen.GetProperty("tokens").GetInt32().ShouldBe(18);
    }

    [NodeFact]
    public async Task Node_StreamedToolCalls_FitItsAccumulator()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Calls(new WireCall("look_up", """{"q":"a"}"""), new WireCall("look_up", """{"q":"b"}"""));
        JsonElement seen = await RunAsync("accumulate");
        seen.GetProperty("role").GetString().ShouldBe("assistant");
        seen.GetProperty("calls").EnumerateArray().Select(static call => call.GetProperty("arguments").GetString()).ShouldBe(["""{"q":"a"}""", """{"q":"b"}"""]);
    }

    [NodeFact]
    public async Task Node_StreamOfTwoAnswers_FitsItsAccumulator()
    {
        JsonElement seen = await RunAsync("choices");
        seen.GetProperty("texts").GetRawText().ShouldBe("""["From OpenAI.","1:From 1:OpenAI."]""");
        seen.GetProperty("reasons").GetRawText().ShouldBe("""["stop","stop"]""");
    }

    [NodeFact]
    public async Task Node_Image_IsPassedOn()
    {
        (await RunAsync("image")).GetProperty("text").GetString().ShouldBe("From OpenAI.");
        _gateway.OpenAi.Requests.ShouldHaveSingleItem().Json.GetProperty("messages")[0].GetProperty("content")[1].GetProperty("image_url").GetProperty("url").GetString()
            .ShouldBe("data:image/png;base64,iVBORw0KGgo=");
    }

    [NodeFact]
    public async Task Node_Errors_AreTheClassesThatItKnows()
    {
        Describe(await RunAsync("unknownModel")).ShouldBe("NotFoundError 404 model_not_found model");
        Describe(await RunAsync("badField")).ShouldBe("BadRequestError 400 validation_error temperature");
        Describe(await RunAsync("unknownKey")).ShouldBe("AuthenticationError 401 invalid_api_key ");
        _gateway.OpenAi.Respond = static _ => WireReply.Refuses(429, "slow down");
        Describe(await RunAsync("refused")).ShouldBe("RateLimitError 429 rate_limit_exceeded ");
    }

    [NodeFact]
    public async Task Node_StreamThatBreaks_IsAnErrorNotAnEnd()
    {
        _gateway.OpenAi.Respond = static _ => WireReply.Says("Half ", "an ", "answer").CutAfter(2);
        JsonElement seen = await RunAsync("brokenStream");
        seen.GetProperty("api").GetBoolean().ShouldBeTrue();
        seen.GetProperty("code").GetString().ShouldBe("provider_error");
    }

    [NodeFact]
    public async Task Node_Models_AreListed()
    {
        JsonElement seen = await RunAsync("models");
        seen.GetProperty("ids").EnumerateArray().Select(static id => id.GetString()).ShouldContain("openai:gpt-4o");
        seen.GetProperty("object").GetString().ShouldBe("model");
    }

    private Task<JsonElement> RunAsync(string scenario) => NodeClient.RunAsync(scenario, _gateway.Host.Url, _gateway.Host.AdminKey);

    private static string Describe(JsonElement seen) => $"{seen.GetProperty("error")} {seen.GetProperty("status")} {seen.GetProperty("code")} {seen.GetProperty("param")}";
}
