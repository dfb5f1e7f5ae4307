using HybridAgents.TestSupport;

namespace HybridAgents.Durable.Tests.Journal;

public sealed class ManualTimeProviderTests
{
    [Fact]
    public void Advance_SeveralTimers_FireInDueOrderAtTheirTimes()
    {
        ManualTimeProvider time = new();
        DateTimeOffset start = time.GetUtcNow();
        List<(string, double)> fired = [];
        using ITimer late = Start("late", 3, 0);
        using ITimer early = Start("early", 1, 0);
        using ITimer periodic = Start("periodic", 2, 2);
        using ITimer cancelled = Start("cancelled", 1, 0);
        cancelled.Dispose();

        time.Advance(TimeSpan.FromSeconds(5));

        fired.ShouldBe([("early", 1), ("periodic", 2), ("late", 3), ("periodic", 4)]);
        time.GetUtcNow().ShouldBe(start.AddSeconds(5));
        time.GetElapsedTime(0).ShouldBe(TimeSpan.FromSeconds(5));

        ITimer Start(string name, int due, int period) => time.CreateTimer(
            _ => fired.Add((name, (time.GetUtcNow() - start).TotalSeconds)), null, TimeSpan.FromSeconds(due), period == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period));
    }

    [Fact]
    public async Task Delay_IsOverWhenTheClockSaysSo()
    {
        ManualTimeProvider time = new();
        Task delay = Task.Delay(TimeSpan.FromMinutes(1), time);
        time.Advance(TimeSpan.FromSeconds(59));
        delay.IsCompleted.ShouldBeFalse();

        time.Advance(TimeSpan.FromSeconds(1));

        await delay;
        time.PendingTimers.ShouldBe(0);
    }

    [Fact]
    public void Jump_MovesTheWallClockOnly()
    {
        ManualTimeProvider time = new();
        bool fired = false;
        using ITimer timer = time.CreateTimer(_ => fired = true, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);

        time.Jump(time.GetUtcNow().AddDays(1));

        fired.ShouldBeFalse();
        time.GetTimestamp().ShouldBe(0);
    }
}
