using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Orchestrations.Usage;
using HybridAgents.TestSupport;

namespace HybridAgents.Orchestrations.Tests.Usage;

public sealed class UsageLedgerTests : IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 1, 31);
    private static readonly UsageTotals One = new(1, 10, 5, 0.01m, 0.002m);

    private readonly ManualTimeProvider _time = new();
    private RunHost _host = null!;

    private IUsage Usage => _host.Get<IUsage>();

    public async Task InitializeAsync() => _host = await RunHost.StartAsync(_time);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Count_ManyAtOnceOnTwoHosts_AddsUpExactlyEvenIfHalfOfThemComeTwice()
    {
        UsageLedger[] hosts = [.. Enumerable.Range(0, 2).Select(_ => NewLedger())];
        for (int round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(index => Task.Run(() =>
                hosts[index % 2].CountAsync(Receipt($"{round}/{index % 75}", uses: [new("a:x", One), new($"a:{index % 3}", One)])))));
        }

        List<UsageEntry> entries = await ReadAsync(Day, Day);
        entries.Single(entry => entry.Model == "a:x").Totals.ShouldBe(new(1500, 15_000, 7_500, 15m, 3m));
        entries.Where(entry => entry.Model != "a:x").Sum(entry => entry.Totals.ModelCalls).ShouldBe(1500);
    }

    [Fact]
    public async Task Count_AgainAfterARestart_CountsOnce()
    {
        await Usage.CountAsync(Receipt("run|s|1"));
        await _host.RestartAsync();
        await Usage.CountAsync(Receipt("run|s|1"));
        await Usage.CountAsync(Receipt("run|s|2"));

        (await ReadAsync(Day, Day)).ShouldHaveSingleItem().ShouldBe(new(Day, "key", "writer", "a:x", One + One));
    }

    [Fact]
    public async Task Read_SomeDaysOverMonths_HasThoseOnly()
    {
        foreach (int day in (int[])[-31, -1, 0, 1, 28, 29])
            await Usage.CountAsync(Receipt(null) with { Day = Day.AddDays(day) });

        (await ReadAsync(Day.AddDays(-1), Day.AddDays(28))).Select(entry => entry.Day.DayNumber - Day.DayNumber).ShouldBe([-1, 0, 1, 28]);
    }

    [Fact]
    public async Task Read_OneKey_ShowsNoOtherAndNoOtherTenant()
    {
        await Usage.CountAsync(Receipt(null));
        await Usage.CountAsync(Receipt(null) with { Key = "other", Agent = null });
        await Usage.CountAsync(Receipt(null) with { Tenant = "default2" });

        (await ReadAsync(Day, Day)).Count.ShouldBe(2);
        (await ReadAsync(Day, Day, "other")).ShouldHaveSingleItem().ShouldBe(new(Day, "other", null, "a:x", One));
    }

    [Fact]
    public async Task Sweep_OldReceipts_AreForgottenAndTotalsStay()
    {
        _time.Jump(new(Day.AddDays(UsageSweeper.RememberedDays), new(12, 0), TimeSpan.Zero));
        await Usage.CountAsync(Receipt("1"));
        UsageSweeper sweeper = _host.Get<UsageSweeper>();
        await sweeper.SweepAsync(default);
        (await RememberedAsync()).ShouldBe(1);

        _time.Advance(TimeSpan.FromDays(1));
        await sweeper.SweepAsync(default);

        (await RememberedAsync()).ShouldBe(0);
        (await ReadAsync(Day, Day)).ShouldHaveSingleItem().Totals.ShouldBe(One);
    }

    [Fact]
    public async Task Count_NothingUsed_LeavesNoRow()
    {
        await Usage.CountAsync(Receipt("1", uses: []));
        (await RememberedAsync()).ShouldBe(0);
    }

    private static UsageReceipt Receipt(string? id, IReadOnlyList<ModelUse>? uses = null) => new("default", Day, "key", "writer", id, uses ?? [new("a:x", One)]);

    private UsageLedger NewLedger() => new(_host.Get<ITableStore>());

    private async Task<List<UsageEntry>> ReadAsync(DateOnly from, DateOnly to, string? key = null)
    {
        List<UsageEntry> entries = [];
        await foreach (UsageEntry entry in NewLedger().ReadAsync("default", from, to, key, default))
            entries.Add(entry);
        return [.. entries.OrderBy(entry => entry.Day)];
    }

    private async Task<int> RememberedAsync()
    {
        int count = 0;
        await foreach (TableRow _ in _host.Get<ITableStore>().GetTable(UsageRows.Table).QueryAsync(UsageRows.PartitionOf("default", Day), RowRange.Prefix(UsageRows.CountedPrefix)))
            count++;
        return count;
    }
}
