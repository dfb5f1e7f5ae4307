using HybridAgents.Core.Models;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

/// <summary>Time, and what closes the connection.</summary>
public abstract partial class ProviderContractTests
{
    /// <summary>Far above the limit that is meant, far below the one that is not.</summary>
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task Stream_Stalled_TimesOutAndClosesTheSocket()
    {
        await using ProviderHarness impatient = new([.. Settings, ("Timeouts:Idle", "0.1"), ("Timeouts:FirstToken", "30")]);
        Server.Enqueue(WireReply.Says("Good ", "morning", "!").StallAfter(2));

        (await Should.ThrowAsync<ProviderException>(() => impatient.AskAsync(ProviderHarness.Request(Model), Locality).WaitAsync(Generous))).Fault.ShouldBe(ProviderFault.Timeout);

        await (await Server.NextRequestAsync()).Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Stream_SlowFirstByte_IsWaitedForAsLongAsAllowed()
    {
        ManualTimeProvider time = new();
        await using ProviderHarness harness = new([.. Settings, ("Timeouts:Idle", "10"), ("Timeouts:FirstToken", "100")], time);
        TaskCompletionSource gate = new();
        Server.Enqueue(WireReply.Says("Late, ", "but here.").AfterSignal(gate.Task), WireReply.Says("Too late.").AfterSignal(new TaskCompletionSource().Task));
        Task<IReadOnlyList<ModelUpdate>> late = harness.AskAsync(ProviderHarness.Request(Model), Locality);
        await Server.NextRequestAsync();
        time.Advance(TimeSpan.FromSeconds(99));
        gate.SetResult();
        (await late.WaitAsync(Generous))[^1].ShouldBeOfType<ModelUpdate.Finished>();

        Task<IReadOnlyList<ModelUpdate>> never = harness.AskAsync(ProviderHarness.Request(Model), Locality);
        WireRequest request = await Server.NextRequestAsync();
        time.Advance(TimeSpan.FromSeconds(100));
        (await Should.ThrowAsync<ProviderException>(() => never.WaitAsync(Generous))).Fault.ShouldBe(ProviderFault.Timeout);
        await request.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
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
}
