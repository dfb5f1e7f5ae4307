namespace HybridAgents.Durable;

/// <summary>How often and when a failed activity or sub-orchestration is tried again.</summary>
/// <param name="MaxAttempts">All attempts together, the first one included; 1 means no retry.</param>
/// <param name="FirstInterval">The wait before the second attempt.</param>
/// <param name="Coefficient">What each further wait is multiplied by; at least 1.</param>
/// <param name="MaxInterval">The longest wait; null for no bound.</param>
/// <param name="ShouldRetry">Asked after each failure; null retries every one. Must be deterministic: it runs in the orchestrator.</param>
public sealed record RetryPolicy(
    int MaxAttempts, TimeSpan FirstInterval, double Coefficient = 2, TimeSpan? MaxInterval = null, Func<TaskFailureDetails, bool>? ShouldRetry = null)
{
    /// <summary>Gets the policy of one attempt.</summary>
    public static RetryPolicy None { get; } = new(1, TimeSpan.Zero);

    /// <summary>Whether another attempt follows <paramref name="attempt"/> (1-based) after <paramref name="failure"/>.</summary>
    public bool Allows(int attempt, TaskFailureDetails failure) =>
        attempt < MaxAttempts && !failure.IsNonRetriable && (ShouldRetry?.Invoke(failure) ?? true);

    /// <summary>The wait after <paramref name="attempt"/> (1-based): FirstInterval × Coefficient^(attempt − 1), at most <see cref="MaxInterval"/>.</summary>
    public TimeSpan DelayAfter(int attempt)
    {
        double ticks = FirstInterval.Ticks * Math.Pow(Coefficient, attempt - 1);
        double bound = (MaxInterval ?? TimeSpan.MaxValue).Ticks;
        return TimeSpan.FromTicks((long)Math.Min(ticks, Math.Min(bound, TimeSpan.MaxValue.Ticks / 2)));
    }
}
