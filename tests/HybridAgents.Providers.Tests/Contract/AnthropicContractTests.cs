using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

public sealed class AnthropicContractTests : ProviderContractTests
{
    private AnthropicWireServer _server = null!;

    protected override WireServer Server => _server;

    protected override ModelRef Model => new("anthropic", "claude-sonnet-4-5");

    /// <summary>A cloud kind is cloud wherever it points.</summary>
    protected override Locality Locality => Locality.Cloud;

    protected override IEnumerable<(string Key, string Value)> Settings =>
        [("Providers:Anthropic:Endpoint", Server.Endpoint.ToString()), ("Providers:Anthropic:ApiKey", "sk-ant-wire-secret"), ("Providers:Ollama:Enabled", "false")];

    protected override async Task StartServerAsync() => _server = await AnthropicWireServer.StartAsync();

    protected override void ShouldCarryToolsAndResults(JsonElement body)
    {
        body.GetProperty("system").GetString().ShouldBe("Be short.");
        JsonElement messages = body.GetProperty("messages");
        messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()).ShouldBe(["user", "assistant", "user"]);
        messages[1].GetProperty("content")[0].GetProperty("input").GetProperty("city").GetString().ShouldBe("Bern");
        messages[2].GetProperty("content")[0].GetProperty("tool_use_id").GetString().ShouldBe("call_1");
        messages[2].GetProperty("content")[0].GetProperty("content").GetString().ShouldBe("sunny");
        body.GetProperty("tools")[0].GetProperty("input_schema").GetProperty("required")[0].GetString().ShouldBe("city");
        body.GetProperty("max_tokens").GetInt32().ShouldBe(99);
    }

    [Fact]
    public async Task Stream_Request_CarriesKeyAndABoundOnTheAnswer()
    {
        await using ProviderHarness harness = new(Settings);

        await harness.AskAsync(ProviderHarness.Request(Model) with { Temperature = 1.5 }, Locality);

        WireRequest request = _server.Requests.ShouldHaveSingleItem();
        request.Headers["Authorization"].ShouldBe("Bearer sk-ant-wire-secret");
        request.Headers["anthropic-version"].ShouldNotBeEmpty();
        request.Json.GetProperty("max_tokens").GetInt32().ShouldBe(64_000);
        request.Json.GetProperty("temperature").GetDouble().ShouldBe(1);
    }

    [Theory]
    [InlineData(null, "any")]
    [InlineData("get_weather", "tool")]
    public async Task Stream_EndsAndDemandedTool_AreSent(string? tool, string type)
    {
        await using ProviderHarness harness = new(Settings);
        ModelRequest request = ProviderHarness.Request(Model) with
        {
            Tools = [new("get_weather", "Weather.", JsonElement.Parse("""{"type":"object","properties":{}}"""))],
            ParallelToolCalls = false,
            Options = new() { Stop = ["END"], Tool = new(tool) },
        };

        (await harness.Directory.GetAsync(default)).Models.First(model => model.Ref.Provider == "anthropic").Features.HasFlag(request.Options.Needs).ShouldBeTrue();
        await harness.AskAsync(request, Locality);

        JsonElement body = _server.Requests.ShouldHaveSingleItem().Json;
        body.GetProperty("stop_sequences").EnumerateArray().Select(end => end.GetString()).ShouldBe(["END"]);
        body.GetProperty("tool_choice").GetProperty("type").GetString().ShouldBe(type);
        body.GetProperty("tool_choice").GetProperty("disable_parallel_tool_use").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Stream_ModelThatChoosesItsTemperature_IsNotTold()
    {
        await using ProviderHarness harness = new(Settings);

        await harness.AskAsync(ProviderHarness.Request(new("anthropic", "claude-next")) with { Temperature = 0.2 }, Locality);

        _server.Requests.ShouldHaveSingleItem().Json.TryGetProperty("temperature", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Stream_ResultsOfParallelCalls_ComeInOneMessage()
    {
        ToolCall first = new("call:1", "get_weather", "{}"), second = new("call:2", "get_weather", "no json");
        await using ProviderHarness harness = new(Settings);

        await harness.AskAsync(
            ProviderHarness.Request(Model, Message.Assistant("Looking.", [first, second]), Message.ToolResult(first, "sun"), Message.ToolResult(second, "rain"), Message.User("And?")),
            Locality);

        JsonElement messages = _server.Requests.ShouldHaveSingleItem().Json.GetProperty("messages");
        messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()).ShouldBe(["user", "assistant", "user"]);
        messages[2].GetProperty("content").EnumerateArray().Select(block => block.GetProperty("type").GetString()).ShouldBe(["tool_result", "tool_result", "text"]);
        messages[2].GetProperty("content")[1].GetProperty("tool_use_id").GetString().ShouldBe("call_2");
        messages[1].GetProperty("content")[2].GetProperty("input").ToString().ShouldBe("{}");
    }

    [Fact]
    public async Task Stream_Images_AreBlocksBetweenTheTexts()
    {
        await using ProviderHarness harness = new(Settings);

        await harness.AskAsync(
            ProviderHarness.Request(Model, Message.User("One.\nTwo.") with { Images = [new("data:image/png;base64,iVBORw0KGgo=", 4), new("https://example.org/a.png", 9)] }), Locality);

        JsonElement[] blocks = [.. _server.Requests.ShouldHaveSingleItem().Json.GetProperty("messages")[0].GetProperty("content").EnumerateArray()];
        blocks.Select(block => block.GetProperty("type").GetString()).ShouldBe(["text", "image", "text", "image"]);
        blocks[1].GetProperty("source").ToString().ShouldBe("""{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}""");
        blocks[3].GetProperty("source").ToString().ShouldBe("""{"type":"url","url":"https://example.org/a.png"}""");
        blocks[2].GetProperty("text").GetString().ShouldBe("Two.");
    }

    [Theory]
    [InlineData("refusal", "content_filter")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("model_context_window_exceeded", "length")]
    public async Task Stream_StopReason_IsTranslated(string reason, string expected)
    {
        await using ProviderHarness harness = new(Settings);
        _server.Enqueue(WireReply.Says("So").WithFinishReason(reason));

        (await harness.AskAsync(ProviderHarness.Request(Model), Locality))[^1].ShouldBeOfType<ModelUpdate.Finished>().Reason.ShouldBe(expected);
    }

    [Fact]
    public async Task Stream_Overloaded_IsTheServersFault()
    {
        await using ProviderHarness harness = new(Settings);
        _server.Enqueue(WireReply.Refuses(529, "Overloaded"));

        (await Should.ThrowAsync<ProviderException>(() => harness.AskAsync(ProviderHarness.Request(Model), Locality))).Fault.ShouldBe(ProviderFault.ServerError);
    }

    [Fact]
    public async Task Stream_RefusalRepeatsTheKey_MessageDoesNot()
    {
        await using ProviderHarness harness = new(Settings);
        _server.Enqueue(WireReply.Refuses(401, "invalid x-api-key: sk-ant-wire-secret"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => harness.AskAsync(ProviderHarness.Request(Model), Locality));

        error.ToString().ShouldNotContain("sk-ant-wire-secret");
        error.RequestId.ShouldBe("req_wire");
    }
}
