using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

/// <summary>What every provider must do, through the whole pipeline and over a real socket.</summary>
public abstract class ProviderContractTests : IAsyncLifetime
{
    private static readonly JsonElement Schema = JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""").RootElement;

    private ProviderHarness _harness = null!;

    protected abstract WireServer Server { get; }

    protected abstract ModelRef Model { get; }

    protected abstract Locality Locality { get; }

    protected abstract Task StartServerAsync();

    protected abstract IEnumerable<(string Key, string Value)> Settings { get; }

    /// <summary>Checks a conversation with one call and its result, in the provider's own form.</summary>
    protected virtual void ShouldCarryToolsAndResults(JsonElement body)
    {
        JsonElement messages = body.GetProperty("messages");
        messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()).ShouldBe(["system", "user", "assistant", "tool"]);
        messages[2].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("name").GetString().ShouldBe("get_weather");
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

    [Theory]
    [InlineData(400, ProviderFault.Rejected)]
    [InlineData(401, ProviderFault.Unauthorized)]
    [InlineData(404, ProviderFault.ModelNotFound)]
    [InlineData(500, ProviderFault.ServerError)]
    [InlineData(503, ProviderFault.ServerError)]
    public async Task Stream_Refused_FaultTellsStatusAndReason(int status, ProviderFault fault)
    {
        Server.Enqueue(WireReply.Refuses(status, "no such luck"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(fault);
        error.StatusCode.ShouldBe(status);
        error.Model.ShouldBe(Model);
        error.Message.ShouldContain("no such luck");
    }

    [Fact]
    public async Task Stream_RateLimited_TellsHowLongToWait()
    {
        Server.Enqueue(WireReply.Refuses(429, "slow down", retryAfter: "7"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(ProviderFault.RateLimited);
        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Stream_PromptTooLong_IsToldApart()
    {
        Server.Enqueue(WireReply.Refuses(400, "This model's maximum context length is 4096 tokens."));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.ContextLengthExceeded);
    }

    [Fact]
    public async Task Stream_ConnectionCut_IsBroken()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").CutAfter(2));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.StreamBroken);
    }

    [Fact]
    public async Task Stream_EndsWithoutFinish_IsBroken()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").EndAfter(2));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.StreamBroken);
    }

    [Fact]
    public async Task Stream_Malformed_IsToldApart()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").MalformedAfter(1));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync())).Fault.ShouldBe(ProviderFault.Malformed);
    }

    [Fact]
    public async Task Stream_ErrorInside_IsBrokenWithItsMessage()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").ErrorAfter(1, "the runner crashed"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(ProviderFault.StreamBroken);
        error.Message.ShouldContain("the runner crashed");
    }

    [Fact]
    public async Task Stream_Stalled_TimesOutAndClosesTheSocket()
    {
        await using ProviderHarness impatient = new([.. Settings, ("Timeouts:Idle", "0.1"), ("Timeouts:FirstToken", "30")]);
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").StallAfter(2));

        (await Should.ThrowAsync<ProviderException>(() => impatient.AskAsync(ProviderHarness.Request(Model), Locality))).Fault.ShouldBe(ProviderFault.Timeout);

        await (await Server.NextRequestAsync()).Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Stream_SlowFirstByte_IsWaitedForAsLongAsAllowed()
    {
        await using ProviderHarness patient = new([.. Settings, ("Timeouts:Idle", "0.1"), ("Timeouts:FirstToken", "30")]);
        TaskCompletionSource gate = new();
        Server.Enqueue(WireReply.Says("Late, ", "but here.").AfterSignal(gate.Task));
        Task<IReadOnlyList<ModelUpdate>> late = patient.AskAsync(ProviderHarness.Request(Model), Locality);
        await Server.NextRequestAsync();
        gate.SetResult();
        (await late)[^1].ShouldBeOfType<ModelUpdate.Finished>();

        await using ProviderHarness impatient = new([.. Settings, ("Timeouts:Idle", "30"), ("Timeouts:FirstToken", "0.1")]);
        Server.Enqueue(WireReply.Says("Too late.").AfterSignal(new TaskCompletionSource().Task));
        (await Should.ThrowAsync<ProviderException>(() => impatient.AskAsync(ProviderHarness.Request(Model), Locality))).Fault.ShouldBe(ProviderFault.Timeout);
        await (await Server.NextRequestAsync()).Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Stream_NothingListens_IsUnreachableAndNamesTheSetting()
    {
        await Server.DisposeAsync();

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => AskAsync());

        error.Fault.ShouldBe(ProviderFault.Unreachable);
        error.Message.ShouldMatch("Providers:[A-Za-z]+:Endpoint says where it is");
    }

    [Fact]
    public async Task Stream_CancelledInTheMiddle_ClosesTheSocket()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").StallAfter(2));
        using CancellationTokenSource cancellation = new();

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (ModelUpdate update in _harness.Gateway.StreamAsync(Cleared(), cancellation.Token))
                await cancellation.CancelAsync();
        });

        await (await Server.NextRequestAsync()).Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Stream_CancelledBeforeTheAnswer_ClosesTheSocket()
    {
        Server.Enqueue(WireReply.Says("late").AfterSignal(new TaskCompletionSource().Task));
        using CancellationTokenSource cancellation = new();
        Task<IReadOnlyList<ModelUpdate>> call = _harness.AskAsync(ProviderHarness.Request(Model), Locality, cancellationToken: cancellation.Token);
        WireRequest request = await Server.NextRequestAsync();

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await request.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Stream_LeftByTheReader_ClosesTheSocket()
    {
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").StallAfter(2));

        await using (IAsyncEnumerator<ModelUpdate> updates = _harness.Gateway.StreamAsync(Cleared(), default).GetAsyncEnumerator())
            (await updates.MoveNextAsync()).ShouldBeTrue();

        await (await Server.NextRequestAsync()).Aborted.WaitAsync(TimeSpan.FromSeconds(30));
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

    private Task<IReadOnlyList<ModelUpdate>> AskAsync(ModelRequest? request = null) => _harness.AskAsync(request ?? ProviderHarness.Request(Model), Locality);
}
