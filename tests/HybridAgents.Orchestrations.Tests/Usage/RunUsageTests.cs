using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Orchestrations.Usage;
using HybridAgents.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Usage;

public sealed class RunUsageTests
{
    /// <summary>A tenth of a cent a token.</summary>
    private static readonly ModelPrice Dear = new(1_000, 1_000);

    [Fact]
    public async Task Run_WithSubRuns_CountsEachCallOnceForTheAgentThatMadeIt()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models.Add(Cloud("cloud:big", Dear));
        host.Models.Script = (request, token) => IsSpecialist(request)
            ? Says("Yes.")(request, token)
            : ByTurn(Calls(("route_to_subsystem", """{"subsystem":"alpha","task":"Go"}""")), Says("It is so."))(request, token);
        RunView run = await host.RunAsync(Coordinator(new() { AgentId = "specialist", Model = "cloud:big", SystemPrompt = "You are the specialist." }));

        List<UsageEntry> entries = await CountedAsync(host, calls: 3);
        entries.Single(entry => entry.Agent == "meta").ShouldBe(Entry("meta", "local:small", entries, 2, saved: true));
        entries.Single(entry => entry.Agent == "specialist").ShouldBe(Entry("specialist", "cloud:big", entries, 1, cost: 0.015m));
        Sum(entries).ShouldBe(new(run.Usage.ModelCalls, run.Usage.PromptTokens, run.Usage.CompletionTokens, run.Usage.CostUsd, run.Usage.EstimatedSavingsUsd));
    }

    [Fact]
    public async Task Crash_BetweenReceiptAndCount_CountsOnce()
    {
        TaskCompletionSource reached = new();
        bool crashed = false;
        await using RunHost host = await RunHost.StartAsync(configure: services => services.Replace(ServiceDescriptor.Singleton<IUsage>(provider =>
            new StallingUsage(ActivatorUtilities.CreateInstance<UsageLedger>(provider), crashed ? null : reached))));
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.EndOfAsync(id); // Its end is durable, so its receipt is.
        (await ReadAsync(host)).ShouldBeEmpty();

        crashed = true;
        await host.CrashAsync();
        await host.IdleAsync(id);

        host.Models.Sent.ShouldHaveSingleItem();
        (await ReadAsync(host)).ShouldHaveSingleItem().Totals.ModelCalls.ShouldBe(1);
        await host.RestartAsync();
        (await ReadAsync(host)).ShouldHaveSingleItem().Totals.ModelCalls.ShouldBe(1);
    }

    [Fact]
    public async Task Crash_DuringTheCall_CountsTheLostAttemptAsTheRunDoes()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big", Dear); // A local call is not on disk before it is made: its loss costs nothing.
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("", reached);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);
        host.Models.Script = Says("Done.");
        await host.CrashAsync();
        RunView run = await host.EndOfAsync(id);

        UsageTotals counted = Sum(await CountedAsync(host, calls: 2));
        (counted.ModelCalls, counted.TotalTokens).ShouldBe((run.Usage.ModelCalls, run.Usage.TotalTokens));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_DuringTheCall_CountsWhatHadCome(bool force)
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big", Dear);
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("partial answer", reached);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await reached.Task.WaitAsync(RunHost.Patience);

        await host.Runs.CancelAsync(id, RunHost.Caller, null, force, default);
        await host.EndOfAsync(id);

        UsageEntry entry = (await CountedAsync(host, calls: 1)).ShouldHaveSingleItem();
        entry.Totals.CompletionTokens.ShouldBeGreaterThan(0);
        entry.Totals.CostUsd.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Rest_AfterAnAnswerThatBroke_CountsBothAttemptsOnce()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        int calls = 0;
        host.Models.Script = (request, token) => calls++ == 0 ? BreaksWithRetryAfter(request) : Says("Done.")(request, token);
        string id = await host.StartRunAsync(RunHost.Ask("Hi"));
        await host.SleepsAsync(id, RunStatus.InProgress);
        (await CountedAsync(host, calls: 1)).ShouldHaveSingleItem();
        time.Advance(TimeSpan.FromSeconds(60));
        RunView run = await host.EndOfAsync(id);

        UsageTotals counted = Sum(await CountedAsync(host, calls: 2));
        (counted.ModelCalls, counted.TotalTokens).ShouldBe((run.Usage.ModelCalls, run.Usage.TotalTokens));
    }

    [Fact]
    public async Task Chat_Answered_IsCountedWithoutAnAgent()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big", Dear);
        await host.Get<IChatService>().CompleteAsync(new() { Messages = [Message.User("Hi")] }, RunHost.Caller, default);

        UsageEntry entry = (await CountedAsync(host, calls: 1)).ShouldHaveSingleItem();
        entry.ShouldBe(new(entry.Day, RunHost.Caller.KeyId, null, "cloud:big", new(1, 10, 5, 0.015m, 0)));
    }

    [Fact]
    public async Task Chat_FallbackAfterAnAnswerThatBroke_CountsBothModels()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models.Add(Cloud("cloud:big", Dear));
        host.Models.Script = (request, token) => request.Model.Provider == "local" ? Fails(ProviderFault.StreamBroken, "Half an ")(request, token) : Says("Whole.")(request, token);
        await host.Get<IChatService>().CompleteAsync(new() { Messages = [Message.User("Hi")] }, RunHost.Caller, default);

        (await CountedAsync(host, calls: 2)).Select(entry => entry.Model).Order().ShouldBe(["cloud:big", "local:small"]);
    }

    private static bool IsSpecialist(ModelRequest request) => request.Messages[0].Content == "You are the specialist.";

    private static RunRequest Coordinator(AgentConfig specialist)
    {
        RunRequest request = RunHost.Ask("Compare");
        return request with { Agent = request.Agent with { AgentType = "meta", Model = "local:small", SubAgents = [new("alpha", "finds facts", specialist)] } };
    }

    private static UsageEntry Entry(string agent, string model, List<UsageEntry> all, int calls, decimal cost = 0, bool saved = false) => new(
        all[0].Day, RunHost.Caller.KeyId, agent, model, new(calls, 10 * calls, 5 * calls, cost, saved ? Sum(all).SavedUsd : 0));

    private static UsageTotals Sum(IEnumerable<UsageEntry> entries) => entries.Aggregate(default(UsageTotals), static (sum, entry) => sum + entry.Totals);

    /// <summary>The totals once that many calls are counted: chats are counted behind the answer, and steps after their receipt.</summary>
    private static async Task<List<UsageEntry>> CountedAsync(RunHost host, int calls)
    {
        using CancellationTokenSource patience = new(RunHost.Patience);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            List<UsageEntry> entries = await ReadAsync(host);
            Sum(entries).ModelCalls.ShouldBeLessThanOrEqualTo(calls);
            if (Sum(entries).ModelCalls == calls)
                return entries;
            await Task.Yield();
        }
    }

    private static async Task<List<UsageEntry>> ReadAsync(RunHost host)
    {
        DateOnly today = DateOnly.FromDateTime(host.Get<TimeProvider>().GetUtcNow().UtcDateTime);
        List<UsageEntry> entries = [];
        await foreach (UsageEntry entry in host.Get<IUsage>().ReadAsync(RunHost.Caller.Tenant, today.AddDays(-1), today, null, default))
            entries.Add(entry);
        return entries;
    }

    private static async IAsyncEnumerable<ModelUpdate> BreaksWithRetryAfter(ModelRequest request)
    {
        yield return new ModelUpdate.TextDelta("Half an answer");
        await Task.CompletedTask;
        throw new ProviderException(request.Model, ProviderFault.RateLimited, "scripted") { RetryAfter = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Never comes to count, as long as it is told when it should have.</summary>
    private sealed class StallingUsage(UsageLedger usage, TaskCompletionSource? reached) : IUsage
    {
        public Task CountAsync(UsageReceipt receipt)
        {
            if (reached is null)
                return usage.CountAsync(receipt);
            reached.TrySetResult();
            return new TaskCompletionSource().Task;
        }

        public IAsyncEnumerable<UsageEntry> ReadAsync(string tenant, DateOnly from, DateOnly to, string? key, CancellationToken cancellationToken) =>
            usage.ReadAsync(tenant, from, to, key, cancellationToken);
    }
}
