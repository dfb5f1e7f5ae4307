using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Pipeline;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Tests.Pipeline;

public sealed class PipelineTests : IAsyncLifetime
{
    private static readonly ModelRef Model = new("ollama", "llama2:latest");

    private OllamaWireServer _server = null!;

    public async Task InitializeAsync() => _server = await OllamaWireServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Retry_FailuresBeforeTheFirstToken_AreRepeatedTwice()
    {
        await using ProviderHarness harness = Create(("Retries:MaxAttempts", "3"));
        _server.Enqueue(WireReply.Refuses(503), WireReply.Refuses(429), WireReply.Says("third time lucky"));

        (await AskAsync(harness)).OfType<ModelUpdate.TextDelta>().ShouldHaveSingleItem().Text.ShouldBe("third time lucky");
        _server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Retry_StillFailing_GivesUpAfterThreeAttempts()
    {
        await using ProviderHarness harness = Create(("Retries:MaxAttempts", "3"));
        _server.Respond = _ => WireReply.Refuses(500);

        await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));

        _server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Retry_FailureAfterTheFirstToken_IsNotRepeated()
    {
        await using ProviderHarness harness = Create(("Retries:MaxAttempts", "3"));
        _server.Respond = _ => WireReply.Says("Good ", "morning").CutAfter(1);

        await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));

        _server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(400, null)]
    [InlineData(401, null)]
    [InlineData(429, "3")]
    public async Task Retry_HopelessOrTooLongAWait_IsNotRepeated(int status, string? retryAfter)
    {
        await using ProviderHarness harness = Create(("Retries:MaxAttempts", "3"));
        _server.Respond = _ => WireReply.Refuses(status, retryAfter: retryAfter);

        await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));

        _server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Retry_ToldWhenToComeBack_ComesALittleLater()
    {
        ManualTimeProvider time = new();
        using RefusingOnce inside = new();
        using Retrying retrying = new(inside, new() { MaxAttempts = 2 }, time, static () => 0.5);
        Task<ChatResponse> call = retrying.GetResponseAsync([]);

        time.Advance(TimeSpan.FromMilliseconds(1124));
        inside.Entered.ShouldBe(1);
        time.Advance(TimeSpan.FromMilliseconds(1));

        (await call).Text.ShouldBe("done");
        inside.Entered.ShouldBe(2);
    }

    [Fact]
    public async Task Breaker_FailuresInARow_RefuseWithoutCallingUntilTheRestIsOver()
    {
        ManualTimeProvider time = new();
        await using ProviderHarness harness = new([.. Settings(), ("Breaker:Failures", "2"), ("Breaker:RecoverySeconds", "60")], time);
        _server.Enqueue(WireReply.Refuses(500), WireReply.Says("half").CutAfter(0));
        await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));
        await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));

        ProviderException refused = await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));

        refused.Fault.ShouldBe(ProviderFault.CircuitOpen);
        refused.RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
        _server.Requests.Count.ShouldBe(2);
        (await harness.Directory.GetAsync(default)).Health[Model].Available.ShouldBeFalse();

        time.Advance(TimeSpan.FromSeconds(60));
        (await AskAsync(harness))[^1].ShouldBeOfType<ModelUpdate.Finished>();
        (await harness.Directory.GetAsync(default)).Health[Model].Available.ShouldBeTrue();
    }

    [Fact]
    public async Task Breaker_RetriedAttempts_CountEach()
    {
        await using ProviderHarness harness = Create(("Retries:MaxAttempts", "3"), ("Breaker:Failures", "3"));
        _server.Respond = _ => WireReply.Refuses(500);

        await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));

        (await Should.ThrowAsync<ProviderException>(() => AskAsync(harness))).Fault.ShouldBe(ProviderFault.CircuitOpen);
    }

    [Fact]
    public async Task Breaker_ProviderSaysWhenToComeBack_DoesNotCount()
    {
        await using ProviderHarness harness = Create(("Breaker:Failures", "1"));
        _server.Enqueue(WireReply.Refuses(429, retryAfter: "30"));
        (await Should.ThrowAsync<ProviderException>(() => AskAsync(harness))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));

        (await AskAsync(harness))[^1].ShouldBeOfType<ModelUpdate.Finished>();
    }

    [Fact]
    public async Task Breaker_RefusedRequests_DoNotCount()
    {
        await using ProviderHarness harness = Create(("Breaker:Failures", "1"));
        _server.Enqueue(WireReply.Refuses(400));
        await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));

        (await AskAsync(harness))[^1].ShouldBeOfType<ModelUpdate.Finished>();
    }

    [Fact]
    public async Task FirstToken_DoesNotCome_TimesOut()
    {
        ManualTimeProvider time = new();
        await using ProviderHarness harness = new([.. Settings(), ("Timeouts:FirstToken", "120"), ("Timeouts:Total", "3000")], time);
        _server.Enqueue(WireReply.Says("late").AfterSignal(new TaskCompletionSource().Task));
        Task<IReadOnlyList<ModelUpdate>> call = AskAsync(harness);
        await _server.NextRequestAsync();

        time.Advance(TimeSpan.FromSeconds(119));
        call.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        (await Should.ThrowAsync<ProviderException>(() => call)).Fault.ShouldBe(ProviderFault.Timeout);
    }

    [Fact]
    public async Task Deadline_TextKeepsComing_EndsTheCall()
    {
        ManualTimeProvider time = new();
        await using ProviderHarness harness = new([.. Settings(), ("Timeouts:Idle", "3000"), ("Timeouts:Total", "300")], time);
        _server.Enqueue(WireReply.Says("Good ", "morning").StallAfter(1));
        IAsyncEnumerator<ModelUpdate> updates =
            harness.Gateway.StreamAsync(ProviderHarness.Clear(ProviderHarness.Request(Model), new(Model.ToString(), Locality.Local)), default).GetAsyncEnumerator();
        await using (updates)
        {
            await updates.MoveNextAsync();
            ValueTask<bool> next = updates.MoveNextAsync();
            time.Advance(TimeSpan.FromSeconds(300));

            (await Should.ThrowAsync<ProviderException>(async () => await next)).Fault.ShouldBe(ProviderFault.Timeout);
        }
    }

    [Fact]
    public async Task Idle_ReaderIsSlow_DoesNotCount()
    {
        ManualTimeProvider time = new();
        await using ProviderHarness harness = new([.. Settings(), ("Timeouts:Idle", "60"), ("Timeouts:Total", "3000")], time);
        _server.Enqueue(WireReply.Says("Good ", "morning"));
        int seen = 0;

        await foreach (ModelUpdate update in harness.Gateway.StreamAsync(
            ProviderHarness.Clear(ProviderHarness.Request(Model), new(Model.ToString(), Locality.Local)), default))
        {
            seen += update is ModelUpdate.TextDelta ? 1 : 0;
            time.Advance(TimeSpan.FromSeconds(600));
        }

        seen.ShouldBe(2);
    }

    [Fact]
    public async Task Concurrency_LimitReached_NextCallWaitsForItsTurn()
    {
        using GatedClient inside = new();
        using ConcurrencyLimit limit = new(inside, most: 1);
        Task first = limit.GetResponseAsync([]);
        Task second = limit.GetResponseAsync([]);
        inside.Entered.ShouldBe(1);

        inside.Gate.SetResult();
        await first;
        await second;

        inside.Entered.ShouldBe(2);
    }

    [Fact]
    public async Task Health_CallsMade_FeedLatencyAndErrorRate()
    {
        await using ProviderHarness harness = Create();
        _server.Enqueue(WireReply.Says("fine"), WireReply.Refuses(500));
        await AskAsync(harness);
        await Should.ThrowAsync<ProviderException>(() => AskAsync(harness));

        Core.Routing.ModelHealth health = (await harness.Directory.GetAsync(default)).Health[Model];

        health.LatencyMs.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(0);
        health.ErrorRate.ShouldBeInRange(0.3, 0.34);
    }

    private (string Key, string Value)[] Settings() => [("Providers:Ollama:Endpoint", _server.Endpoint.ToString())];

    private ProviderHarness Create(params (string Key, string Value)[] settings) => new([.. Settings(), .. settings]);

    private static Task<IReadOnlyList<ModelUpdate>> AskAsync(ProviderHarness harness) => harness.AskAsync(ProviderHarness.Request(Model), Locality.Local);

    /// <summary>Counts who came in, and keeps them until the gate opens.</summary>
    private sealed class GatedClient : StreamClient
    {
        public TaskCompletionSource Gate { get; } = new();

        public int Entered { get; private set; }

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Entered++;
            await Gate.Task;
            yield return new(ChatRole.Assistant, "done");
        }
    }

    /// <summary>Asks the first caller to come back in a second.</summary>
    private sealed class RefusingOnce : StreamClient
    {
        public int Entered { get; private set; }

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            if (++Entered == 1)
                throw new ProviderException(Model, ProviderFault.RateLimited, "Slow down.") { RetryAfter = TimeSpan.FromSeconds(1) };
            await Task.CompletedTask;
            yield return new(ChatRole.Assistant, "done") { FinishReason = ChatFinishReason.Stop };
        }
    }
}
