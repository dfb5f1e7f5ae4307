namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>When a run that waits for a provider asks it again: not before the provider said, and not all runs at the same moment.</summary>
internal static class ReturnTime
{
    /// <summary>How much of the wait is added at most.</summary>
    private const double Share = 0.25;

    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(15);

    /// <summary>The time: up to a quarter of the wait later than the earliest (1 to 15 s), and never past the middle between that and the deadline.</summary>
    /// <param name="now">The time now.</param>
    /// <param name="earliest">When the provider may be asked again; before the deadline.</param>
    /// <param name="deadline">The run's.</param>
    /// <param name="draw">Where this run falls, in [0, 1).</param>
    public static DateTimeOffset Of(DateTimeOffset now, DateTimeOffset earliest, DateTimeOffset deadline, double draw)
    {
        double spread = Math.Clamp((earliest - now).TotalSeconds * Share, Least.TotalSeconds, Most.TotalSeconds);
        double room = (deadline - earliest).TotalSeconds / 2;
        return earliest.AddMilliseconds(Math.Floor(Math.Min(spread, room) * draw * 1000));
    }
}
