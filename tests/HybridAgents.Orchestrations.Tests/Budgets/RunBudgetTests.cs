using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Budgets;

public sealed class RunBudgetTests
{
    /// <summary>A tenth of a cent a token.</summary>
    private static readonly ModelPrice Dear = new(1_000, 1_000);

    [Fact]
    public async Task Budget_FiftyRunsAtOnce_NeverSpendMoreThanThereIs()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big", Dear);
        RunCaller caller = Paying(new(MaxCostUsd: 0.5m, MaxTotalTokens: null));

        RunStart[] starts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.Runs.StartAsync(Short("Hi"), caller, null, default)));
        RunView[] runs = await Task.WhenAll(starts.Where(start => start.Run is not null).Select(start => host.EndOfAsync(start.Run!.RunId)));

        BudgetState state = await SettledAsync(host, caller);
        state.Spent.CostUsd.ShouldBe(runs.Sum(run => run.Usage.CostUsd));
        state.Spent.CostUsd.ShouldBeInRange(0.015m, 0.5m);
        runs.Where(run => run.Status != RunStatus.Completed).ShouldAllBe(run => run.Error!.Code == RunErrorCodes.BudgetExceeded && run.Usage.CostUsd == 0);
    }

    [Fact]
    public async Task Budget_NothingLeft_NoRunIsMade()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunCaller caller = Paying(new(null, MaxTotalTokens: 100));
        await host.Get<IBudgets>().ReserveAsync(caller.Accounts[0], "other", new(0, 100), DateTimeOffset.MaxValue, default);

        RunStart start = await host.Runs.StartAsync(Short("Hi"), caller, null, default);

        start.ShouldBe(new(RunStartOutcome.BudgetExhausted, null, caller.Accounts[0]));
    }

    [Fact]
    public async Task Budget_PriceUnknown_IsNotCalledWhenMoneyIsBounded()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big");
        RunView run = await RunAsync(host, Short("Hi"), Paying(new(MaxCostUsd: 100, null)));

        run.Error!.Code.ShouldBe(RunErrorCodes.BudgetExceeded);
        run.Routing[0].RoutingMetrics.Rejected.ShouldHaveSingleItem().Reason.ShouldBe("price_unknown");
        host.Models.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Budget_FallbackDearerThanWhatIsLeft_IsNotCalled()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Local("local:small");
        host.Models.Models.Add(Cloud("cloud:big", Dear));
        host.Models.Script = Fails(ProviderFault.ServerError);
        RunCaller caller = Paying(new(MaxCostUsd: 1, null));
        await host.Get<IBudgets>().ReserveAsync(caller.Accounts[0], "other", new(0.999m, 1), DateTimeOffset.MaxValue, default);
        RunView run = await RunAsync(host, Short("Hi"), caller);

        run.Routing[0].Attempts.Select(attempt => attempt.Outcome).ShouldBe(["server_error", "budget"]);
        run.Error!.Code.ShouldBe(RunErrorCodes.ProviderError);
        host.Models.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Budget_CancelledCall_CountsWhatHadCome()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big", Dear);
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("partial answer", reached);
        RunCaller caller = Paying(new(MaxCostUsd: 1, null));
        string id = await StartAsync(host, Short("Hi"), caller);
        await reached.Task.WaitAsync(RunHost.Patience);

        await host.Runs.CancelAsync(id, caller, null, force: false, default);

        RunView run = await host.EndOfAsync(id);
        run.Usage.CostUsd.ShouldBeGreaterThan(0);
        (await SettledAsync(host, caller)).Spent.CostUsd.ShouldBe(run.Usage.CostUsd);
    }

    [Fact]
    public async Task Budget_CrashDuringTheCall_CountsTheLostAttemptAndHoldsNothingAfterwards()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big", Dear);
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("", reached);
        RunCaller caller = Paying(new(MaxCostUsd: 1, null));
        string id = await StartAsync(host, Short("Hi"), caller);
        await reached.Task.WaitAsync(RunHost.Patience);
        host.Models.Script = Says("Done.");

        await host.CrashAsync();

        RunView run = await host.EndOfAsync(id);
        run.Usage.ModelCalls.ShouldBe(2);
        (await SettledAsync(host, caller)).Spent.ShouldBe(new(run.Usage.CostUsd, run.Usage.TotalTokens));
    }

    [Fact]
    public async Task Sweep_StepHasItsReceipt_SettlesWhatItRecorded()
    {
        ManualTimeProvider time = new();
        await using RunHost host = await RunHost.StartAsync(time);
        host.Models.Models[0] = Cloud("cloud:big", Dear);
        RunView run = await host.RunAsync(Short("Hi"));
        BudgetAccount account = new("key|late", new(10, null));
        IBudgets budgets = host.Get<IBudgets>();
        await budgets.ReserveAsync(account, $"{run.RunId}|{RunKeys.ModelStep(1)}", new(5, 5_000), time.GetUtcNow(), default);

        await host.Get<BudgetSweeper>().SweepAsync(default);

        (await budgets.GetAsync(account, default)).ShouldBe(new(new(run.Usage.CostUsd, run.Usage.TotalTokens), default));
    }

    [Fact]
    public async Task Budget_NearlySpent_TheRunSaysSo()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunCaller caller = Paying(new(null, MaxTotalTokens: 1000));
        await host.Get<IBudgets>().ReserveAsync(caller.Accounts[0], "other", new(0, 795), DateTimeOffset.MaxValue, default);
        string id = await StartAsync(host, Short("Hi"), caller);

        RunEvent warning = (await host.EventsAsync(id)).Single(entry => entry.Type == RunEventTypes.BudgetWarning);

        warning.Data.GetProperty("limit").GetString().ShouldBe("key.max_total_tokens");
        warning.Data.GetProperty("allowed").GetDecimal().ShouldBe(1000);
    }

    private static RunCaller Paying(Budget budget) => RunHost.Caller with { Budget = budget };

    private static RunRequest Short(string text)
    {
        RunRequest request = RunHost.Ask(text);
        return request with { Agent = request.Agent with { MaxTokens = 10 } };
    }

    private static async Task<string> StartAsync(RunHost host, RunRequest request, RunCaller caller) =>
        (await host.Runs.StartAsync(request, caller, null, default)).Run.ShouldNotBeNull().RunId;

    private static async Task<RunView> RunAsync(RunHost host, RunRequest request, RunCaller caller) => await host.EndOfAsync(await StartAsync(host, request, caller));

    /// <summary>How the budget stands once nothing is reserved: a step settles after its receipt, which watchers may see before.</summary>
    private static async Task<BudgetState> SettledAsync(RunHost host, RunCaller caller)
    {
        using CancellationTokenSource patience = new(RunHost.Patience);
        while (true)
        {
            BudgetState state = await host.Get<IBudgets>().GetAsync(caller.Accounts[0], patience.Token);
            if (state.Reserved == default)
                return state;
            await Task.Yield();
        }
    }
}
