using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

/// <summary>What every provider must do, through the whole pipeline and over a real socket.</summary>
public abstract partial class ProviderContractTests : IAsyncLifetime
{
    private static readonly JsonElement Schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""").RootElement;

    private ProviderHarness _harness = null!;

    protected abstract WireServer Server { get; }

    protected abstract ModelRef Model { get; }

    protected abstract Locality Locality { get; }

    protected abstract Task StartServerAsync();

    protected abstract IEnumerable<(string Key, string Value)> Settings { get; }

    /// <summary>Whether arguments are sent as text or as an object.</summary>
    protected virtual JsonValueKind ArgumentsOnTheWire => JsonValueKind.String;

    /// <summary>Checks a conversation with one call and its result, in the provider's own form.</summary>
    protected virtual void ShouldCarryToolsAndResults(JsonElement body)
    {
        JsonElement messages = body.GetProperty("messages");
        messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()).ShouldBe(["system", "user", "assistant", "tool"]);
        messages[2].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("name").GetString().ShouldBe("get_weather");
        JsonElement arguments = messages[2].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments");
        arguments.ValueKind.ShouldBe(ArgumentsOnTheWire);
        arguments.ToString().ShouldBe("""{"city":"Bern"}""");
        messages[3].GetProperty("content").GetString().ShouldBe("sunny");
        body.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters").GetProperty("required")[0].GetString().ShouldBe("city");
    }

    public async Task InitializeAsync()
    {
        await StartServerAsync();
        _harness = ProviderHarness.With(Settings);
    }

    public async Task DisposeAsync()
    {
        await _harness.DisposeAsync();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task Stream_Text_ComesInPiecesWithUsageAndReason()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").WithUsage(21, 3));

        IReadOnlyList<ModelUpdate> updates = await AskAsync();

        updates.OfType<ModelUpdate.TextDelta>().Select(delta => delta.Text).ShouldBe(["Good ", "morning", "!"]);
        updates[^1].ShouldBe(new ModelUpdate.Finished("stop", new(21, 3), Model.Model));
    }

    [Fact]
    public async Task Stream_SplitAtEveryByte_ReadsTheSame()
    {
        Server.Enqueue(WireReply.Says("Grüße, ", "世界 ", "👋🏽!").SplitEveryByte());

        TextOf(await AskAsync()).ShouldBe("Grüße, 世界 👋🏽!");
    }

    [Fact]
    public async Task Stream_NoUsageReported_IsEstimated()
    {
        Server.Enqueue(WireReply.Says("Good morning").WithoutUsage());

        ModelUpdate.Finished finished = (await AskAsync())[^1].ShouldBeOfType<ModelUpdate.Finished>();

        finished.Usage.Estimated.ShouldBeTrue();
        finished.Usage.CompletionTokens.ShouldBeGreaterThan(0);
        finished.Usage.PromptTokens.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Stream_CutByLength_SaysSo()
    {
        Server.Enqueue(WireReply.Says("Good mor").WithFinishReason("length"));

        (await AskAsync())[^1].ShouldBeOfType<ModelUpdate.Finished>().Reason.ShouldBe("length");
    }

    [Fact]
    public async Task Stream_ToolCall_KeepsNameAndArguments()
    {
        Server.Enqueue(WireReply.Calls("get_weather", """{"city":"Zürich"}"""));

        IReadOnlyList<ModelUpdate> updates = await AskAsync(WithTools());

        ToolCall call = updates.OfType<ModelUpdate.ToolCallRequested>().ShouldHaveSingleItem().Call;
        call.Name.ShouldBe("get_weather");
        JsonDocument.Parse(call.Arguments).RootElement.GetProperty("city").GetString().ShouldBe("Zürich");
        call.Id.ShouldNotBeNullOrEmpty();
        updates[^1].ShouldBeOfType<ModelUpdate.Finished>().Reason.ShouldBe("tool_calls");
    }

    [Fact]
    public async Task Stream_ParallelToolCalls_KeepOrderAndHaveDifferentIds()
    {
        Server.Enqueue(WireReply.Calls(new WireCall("get_weather", """{"city":"A"}"""), new WireCall("get_weather", """{"city":"B"}""")).SplitEveryByte());

        ToolCall[] calls = [.. (await AskAsync(WithTools())).OfType<ModelUpdate.ToolCallRequested>().Select(update => update.Call)];

        calls.Select(call => JsonDocument.Parse(call.Arguments).RootElement.GetProperty("city").GetString()).ShouldBe(["A", "B"]);
        calls.Select(call => call.Id).ShouldBeUnique();
    }

    [Fact]
    public async Task Stream_ArgumentsThatAreNoJson_ArriveAsWritten()
    {
        Server.Enqueue(WireReply.Calls("get_weather", "{city: Bern"));

        (await AskAsync(WithTools())).OfType<ModelUpdate.ToolCallRequested>().ShouldHaveSingleItem().Call.Arguments.ShouldBe("{city: Bern");
    }

    [Fact]
    public async Task Stream_ToolWithoutParameters_GetsAnEmptyObject()
    {
        Server.Enqueue(WireReply.Calls("get_weather", ""));

        (await AskAsync(WithTools())).OfType<ModelUpdate.ToolCallRequested>().ShouldHaveSingleItem().Call.Arguments.ShouldBe("{}");
    }

    [Fact]
    public async Task Stream_TextAndThenCalls_KeepsBoth()
    {
        Server.Enqueue(WireReply.Says("Let me ", "look.").ThenCalls(new WireCall("get_weather", """{"city":"A"}"""), new WireCall("get_time", """{"at":{"zone":"CET"}}""")));

        IReadOnlyList<ModelUpdate> updates = await AskAsync(WithTools());

        TextOf(updates).ShouldBe("Let me look.");
        updates.OfType<ModelUpdate.ToolCallRequested>().Select(update => (update.Call.Name, update.Call.Arguments)).ShouldBe([("get_weather", """{"city":"A"}"""), ("get_time", """{"at":{"zone":"CET"}}""")]);
        updates[^1].ShouldBeOfType<ModelUpdate.Finished>().Reason.ShouldBe("tool_calls");
    }

    /// <summary>A model that wrote broken arguments is told so in the next turn: that turn must be accepted.</summary>
    [Fact]
    public async Task Stream_ArgumentsThatAreNoJsonInTheHistory_AreAccepted()
    {
        ToolCall broken = new("call_1", "get_weather", "{city: Bern"), list = new("call_2", "get_weather", "[1]");

        IReadOnlyList<ModelUpdate> updates = await AskAsync(WithTools() with
        {
            Messages = [Message.User("Weather?"), Message.Assistant(null, [broken, list]), Message.ToolResult(broken, "not valid JSON"), Message.ToolResult(list, "not an object")],
        });

        updates[^1].ShouldBeOfType<ModelUpdate.Finished>();
        Server.Requests.ShouldHaveSingleItem().Body.ShouldContain("not valid JSON");
    }

    [Fact]
    public async Task Stream_NothingSaid_IsAnEmptyAnswer()
    {
        Server.Enqueue(WireReply.Says());

        (await AskAsync()).ShouldHaveSingleItem().ShouldBe(new ModelUpdate.Finished("stop", new(11, 7), Model.Model));
    }

    [Fact]
    public async Task Stream_ToolsAndResults_AreSent()
    {
        ToolCall call = new("call_1", "get_weather", """{"city":"Bern"}""");
        ModelRequest request = WithTools() with
        {
            Messages = [Message.System("Be short."), Message.User("Weather?"), Message.Assistant(null, [call]), Message.ToolResult(call, "sunny")],
            Temperature = 0.7,
            MaxOutputTokens = 99,
        };

        await AskAsync(request);

        JsonElement body = Server.Requests.ShouldHaveSingleItem().Json;
        ShouldCarryToolsAndResults(body);
        body.GetRawText().ShouldContain("0.7");
        body.GetRawText().ShouldContain("99");
    }

    [Fact]
    public async Task Directory_ServerAnswers_ListsTheDefaultModelFirst()
    {
        ModelInfo first = (await _harness.Directory.GetAsync(default)).Models[0];

        first.Ref.ShouldBe(Model);
        first.IsProviderDefault.ShouldBeTrue();
        first.Locality.ShouldBe(Locality);
    }

    [Fact]
    public async Task Directory_ServerDown_KeepsTheConfiguredModelAsUnavailable()
    {
        await Server.DisposeAsync();

        ModelSnapshot snapshot = await _harness.Directory.GetAsync(default);

        ModelInfo model = snapshot.Models.First(model => model.Ref.Provider == Model.Provider);
        snapshot.Health[model.Ref].Available.ShouldBeFalse();
        model.Locality.ShouldBe(Locality);
    }

    private static string TextOf(IEnumerable<ModelUpdate> updates) => string.Concat(updates.OfType<ModelUpdate.TextDelta>().Select(update => update.Text));

    private Core.Privacy.Cleared<ModelRequest> Cleared() => ProviderHarness.Clear(ProviderHarness.Request(Model), new(Model.ToString(), Locality));

    private ModelRequest WithTools() => ProviderHarness.Request(Model) with { Tools = [new("get_weather", "Tells the weather.", Schema)] };

    protected Task<IReadOnlyList<ModelUpdate>> AskAsync(ModelRequest? request = null) => _harness.AskAsync(request ?? ProviderHarness.Request(Model), Locality);
}
