namespace HybridAgents.Api.Tests.Support;

/// <summary>Waits for something that gives no signal of its own.</summary>
internal static class TestWait
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
            await Task.Yield();
        }
    }
}
