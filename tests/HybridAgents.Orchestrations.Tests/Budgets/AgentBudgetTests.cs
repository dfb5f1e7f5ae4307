using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Budgets;

/// <summary>Budgets of agents, alone and beside those of keys.</summary>
public sealed class AgentBudgetTests : IAsyncLifetime
{
    /// <summary>A tenth of a cent a token.</summary>
    private static readonly ModelPrice Dear = new(1_000, 1_000);

    private static readonly RunCaller Rich = RunHost.Caller with { Budget = new(MaxCostUsd: 100, MaxTotalTokens: null) };

    private RunHost _host = null!;

    private IBudgets Budgets => _host.Get<IBudgets>();

    public async Task InitializeAsync()
    {
        _host = await RunHost.StartAsync();
        _host.Models.Models[0] = Cloud("cloud:big", Dear);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Cover_FiftyAtOnceFromTwoBudgetsOnTwoHosts_NeverOverspendsEitherInAHundredRounds()
    {
        IBudgets[] hosts = [.. Enumerable.Range(0, 2).Select(_ => new BudgetLedger(_host.Get<ITableStore>(), TimeProvider.System))];
        ModelInfo model = Cloud("cloud:big", Dear);
        for (int round = 0; round < 100; round++)
        {
            BudgetAccount[] accounts =
            [
                BudgetAccount.OfKey($"k{round}", new(MaxCostUsd: round % 2 == 0 ? 1 : 0.5m, null)), BudgetAccount.OfAgent("default", $"a{round}", new(null, MaxTotalTokens: round % 2 == 0 ? 500 : 1000)),
            ];
            CallBudget[] calls = [.. Enumerable.Range(0, 50).Select(index => new CallBudget(hosts[index % 2], accounts, new(), $"call{index}", DateTimeOffset.MaxValue))];

            BudgetRefusal?[] refusals = await Task.WhenAll(calls.Select(call => Task.Run(() => call.CoverAsync(model, new(40, 20), default, default, default))));

            int granted = refusals.Count(static refusal => refusal is null);
            granted.ShouldBeInRange(1, 8); // 500 tokens or half a dollar, 60 tokens a call.
            BudgetState[] states = await Task.WhenAll(accounts.Select(account => Budgets.GetAsync(account, default)));
            states.ShouldAllBe(state => state == new BudgetState(default, new(granted * 0.06m, granted * 60)));
            await Task.WhenAll(calls.Select((call, index) => Task.Run(() => call.SettleAsync(refusals[index] is null ? new(0.05m, 50) : default))));
            states = await Task.WhenAll(accounts.Select(account => Budgets.GetAsync(account, default)));
            states.ShouldAllBe(state => state == new BudgetState(new(granted * 0.05m, granted * 50), default));
        }
    }

    [Fact]
    public async Task Cover_SecondRefusesADearerFallback_TheFirstKeepsWhatIsSpent()
    {
        BudgetAccount[] accounts = [BudgetAccount.OfKey("k", new(10, null)), BudgetAccount.OfAgent("default", "a", new(0.1m, null))];
        CallBudget call = new(Budgets, accounts, new(), "call", DateTimeOffset.MaxValue);
        ModelInfo model = Cloud("cloud:big", Dear);
        (await call.CoverAsync(model, new(10, 10), default, default, default)).ShouldBeNull();

        BudgetRefusal refusal = (await call.CoverAsync(model, new(50, 50), default, new(0.01m, 10), default)).ShouldNotBeNull();

        refusal.ShouldBe(new("budget", "agent", "a", BudgetLimits.Cost, 0.1m));
        foreach (BudgetAccount account in accounts)
            (await Budgets.GetAsync(account, default)).ShouldBe(new(default, new(0.01m, 10)));
    }

    [Fact]
    public async Task Budget_FiftyRunsOfOneAgentAtOnce_NeverSpendMoreThanThereIs()
    {
        RunRequest request = Of("writer", new(MaxCostUsd: 0.5m, MaxTotalTokens: null));
        RunStart[] starts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _host.Runs.StartAsync(request, Rich, null, default)));
        RunView[] runs = await Task.WhenAll(starts.Where(start => start.Run is not null).Select(start => _host.EndOfAsync(start.Run!.RunId)));

        Spend spent = await SettledAsync(AccountOf(request));
        spent.CostUsd.ShouldBe(runs.Sum(run => run.Usage.CostUsd));
        spent.CostUsd.ShouldBeInRange(0.015m, 0.5m);
        (await SettledAsync(Rich.Accounts[0])).ShouldBe(spent);
        foreach (RunView run in runs.Where(static run => run.Status != RunStatus.Completed))
        {
            run.Error!.Code.ShouldBe(RunErrorCodes.BudgetExceeded);
            run.Error.Details!.Value.GetProperty("budget").GetString().ShouldBe("agent");
            run.Error.Details.Value.GetProperty("agent_id").GetString().ShouldBe("writer");
        }
    }

    [Theory]
    [InlineData("run", "max_total_tokens")]
    [InlineData("key", "max_total_tokens")]
    [InlineData("key", "max_cost_usd")]
    [InlineData("agent", "max_cost_usd")]
    public async Task Budget_TooSmallForAnyCall_SaysWhoseAndWhichBound(string whose, string limit)
    {
        Budget tight = limit == BudgetLimits.Cost ? new(0.001m, null) : new(null, 1);
        RunRequest request = Of("writer", whose == "agent" ? tight : new(50, null));
        request = request with { Limits = whose == "run" ? new() { MaxTotalTokens = 1 } : new() { MaxCostUsd = 60 } };
        RunStart start = await _host.Runs.StartAsync(request, whose == "key" ? Rich with { Budget = tight } : Rich, null, default);
        RunView run = await _host.EndOfAsync(start.Run!.RunId);

        run.Error!.Code.ShouldBe(RunErrorCodes.BudgetExceeded);
        System.Text.Json.JsonElement details = run.Error.Details!.Value;
        (details.GetProperty("budget").GetString(), details.GetProperty("limit").GetString()).ShouldBe((whose, limit));
        details.GetProperty("rejected").GetArrayLength().ShouldBe(1);
        _host.Models.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Budget_NothingLeftOfTheAgents_NoRunIsMadeAndOtherAgentsGoOn()
    {
        RunRequest request = Of("writer", new(null, MaxTotalTokens: 100));
        await Budgets.ReserveAsync(AccountOf(request), "other", new(0, 100), DateTimeOffset.MaxValue, default);

        (await _host.Runs.StartAsync(request, Rich, null, default)).ShouldBe(new(RunStartOutcome.BudgetExhausted, null, AccountOf(request)));
        (await _host.Runs.StartAsync(Of("clone", request.Agent.Budget!), Rich, null, default)).Outcome.ShouldBe(RunStartOutcome.Started);
    }

    [Fact]
    public async Task SubRun_OfAnAgentWithABudget_IsPaidFromItsOwnItsCoordinatorsAndTheKeys()
    {
        AgentConfig specialist = Of("specialist", new(5, null)).Agent with { SystemPrompt = "You are the specialist." };
        RunRequest request = Of("desk", new(20, null));
        request = request with { Agent = request.Agent with { AgentType = "meta", SubAgents = [new("alpha", "finds facts", specialist)] } };
        _host.Models.Script = (asked, token) => asked.Messages[0].Content == "You are the specialist."
            ? Says("Yes.")(asked, token)
            : ByTurn(Calls(("route_to_subsystem", """{"subsystem":"alpha","task":"Go"}""")), Says("It is so."))(asked, token);
        RunStart start = await _host.Runs.StartAsync(request, Rich, null, default);
        RunView run = await _host.EndOfAsync(start.Run!.RunId);

        run.Status.ShouldBe(RunStatus.Completed, run.Error?.Message);
        (await SettledAsync(BudgetAccount.OfAgent("default", "specialist", specialist.Budget!))).ShouldBe(new(0.015m, 15));
        (await SettledAsync(AccountOf(request))).ShouldBe(new(0.045m, 45));
        (await SettledAsync(Rich.Accounts[0])).ShouldBe(new(0.045m, 45));
    }

    private static RunRequest Of(string agent, Budget budget)
    {
        RunRequest request = RunHost.Ask("Hi");
        return request with { Agent = request.Agent with { AgentId = agent, Budget = budget, MaxTokens = 10 } };
    }

    private static BudgetAccount AccountOf(RunRequest request) => BudgetAccount.OfAgent("default", request.Agent.AgentId!, request.Agent.Budget!);

    /// <summary>What is spent once nothing is reserved: a step settles after its receipt, which watchers may see before.</summary>
    private async Task<Spend> SettledAsync(BudgetAccount account)
    {
        using CancellationTokenSource patience = new(RunHost.Patience);
        while (true)
        {
            BudgetState state = await Budgets.GetAsync(account, patience.Token);
            if (state.Reserved == default)
                return state.Spent;
            await Task.Yield();
        }
    }
}
