using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;

namespace HybridAgents.Orchestrations.Tests.Budgets;

public sealed class BudgetLedgerTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();
    private RunHost _host = null!;

    private IBudgets Budgets => _host.Get<IBudgets>();

    public async Task InitializeAsync() => _host = await RunHost.StartAsync(_time);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Reserve_FiftyAtOnceOnTwoHosts_NeverOverspendsInAHundredRounds()
    {
        IBudgets[] hosts = [.. Enumerable.Range(0, 2).Select(_ => new BudgetLedger(_host.Get<ITableStore>(), _time))];
        for (int round = 0; round < 100; round++)
        {
            BudgetAccount account = new($"key|round{round}", new(MaxCostUsd: 1, MaxTotalTokens: null));
            Spend each = new(0.06m, 10);

            BudgetAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(index =>
                Task.Run(() => hosts[index % 2].ReserveAsync(account, $"call{index}", each, _time.GetUtcNow() + Minute, default))));

            answers.Count(answer => answer.Granted).ShouldBe(16);
            (await Budgets.GetAsync(account, default)).ShouldBe(new(default, new(0.96m, 160)));
            await Task.WhenAll(Enumerable.Range(0, 50).Select(index => Task.Run(() => hosts[index % 2].SettleAsync(account.Id, $"call{index}", new(0.05m, 8), default))));
            (await Budgets.GetAsync(account, default)).ShouldBe(new(new(0.80m, 128), default));
        }
    }

    [Fact]
    public async Task Reserve_SameIdAgain_ReplacesTheReservation()
    {
        BudgetAccount account = new("key|a", new(1, null));
        (await ReserveAsync(account, "call", new(0.6m, 1))).Granted.ShouldBeTrue();

        (await ReserveAsync(account, "call", new(0.9m, 2))).Granted.ShouldBeTrue();
        (await ReserveAsync(account, "call", new(1.1m, 3))).Granted.ShouldBeFalse();

        (await Budgets.GetAsync(account, default)).ShouldBe(new(default, new(0.9m, 2)));
    }

    [Fact]
    public async Task Settle_Twice_CountsOnce()
    {
        BudgetAccount account = new("key|a", new(1, null));
        await ReserveAsync(account, "call", new(0.6m, 5));

        await Budgets.SettleAsync(account.Id, "call", new(0.2m, 3), default);
        await Budgets.SettleAsync(account.Id, "call", new(0.2m, 3), default);

        (await Budgets.GetAsync(account, default)).ShouldBe(new(new(0.2m, 3), default));
    }

    [Theory]
    [InlineData(BudgetWindow.Day, 1, true)]
    [InlineData(BudgetWindow.Month, 1, false)]
    [InlineData(BudgetWindow.Month, 31, true)]
    [InlineData(BudgetWindow.Total, 400, false)]
    public async Task Reserve_AfterDays_HasANewBudgetOnlyInANewWindow(BudgetWindow window, int days, bool anew)
    {
        _time.Jump(new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));
        BudgetAccount account = new("key|a", new(null, 100, window));
        await ReserveAsync(account, "first", new(0, 100));
        _time.Jump(_time.GetUtcNow().AddDays(days));

        (await ReserveAsync(account, "second", new(0, 1))).Granted.ShouldBe(anew);
        await Budgets.SettleAsync(account.Id, "first", new(0, 100), default);

        (await Budgets.GetAsync(account, default)).Spent.Tokens.ShouldBe(anew ? 0 : 100);
    }

    [Fact]
    public async Task Reserve_FourFifthsReached_WarnsOnceInAWindow()
    {
        BudgetAccount account = new("key|a", new(null, 100));
        (await ReserveAsync(account, "1", new(0, 79))).Bound.ShouldBeNull();

        (await ReserveAsync(account, "2", new(0, 1))).Bound.ShouldBe(new("max_total_tokens", 80, 100));
        (await ReserveAsync(account, "3", new(0, 1))).Bound.ShouldBeNull();
    }

    [Fact]
    public async Task Sweep_ExpiredWithoutARecord_CountsAsSpentWhole()
    {
        BudgetAccount account = new("key|a", new(1, null));
        await ReserveAsync(account, "run_gone|s|000001|model", new(0.6m, 5));
        BudgetSweeper sweeper = _host.Get<BudgetSweeper>();

        await sweeper.SweepAsync(default);
        (await Budgets.GetAsync(account, default)).Reserved.ShouldBe(new(0.6m, 5));
        _time.Advance(Minute);
        await sweeper.SweepAsync(default);

        (await Budgets.GetAsync(account, default)).ShouldBe(new(new(0.6m, 5), default));
    }

    private Task<BudgetAnswer> ReserveAsync(BudgetAccount account, string id, Spend amount) => Budgets.ReserveAsync(account, id, amount, _time.GetUtcNow() + Minute, default);
}
