namespace HybridAgents.Providers.Configuration;

/// <summary>Settings of all providers and of the pipeline around them.</summary>
public sealed class ProvidersOptions
{
    /// <summary>Gets the settings of each known provider, enabled or not.</summary>
    public IReadOnlyList<ProviderSettings> Providers { get; internal set; } = [];

    /// <summary>Gets the limits of time, bound from <c>Timeouts</c>.</summary>
    public TimeoutSettings Timeouts { get; internal set; } = new();

    /// <summary>Gets the retries, bound from <c>Retries</c>.</summary>
    public RetrySettings Retries { get; internal set; } = new();

    /// <summary>Gets the circuit breaker, bound from <c>Breaker</c>.</summary>
    public BreakerSettings Breaker { get; internal set; } = new();

    /// <summary>Gets the response cache, bound from <c>Cache</c>.</summary>
    public CacheSettings Cache { get; internal set; } = new();
}

/// <summary>Limits of time of a model call.</summary>
public sealed record TimeoutSettings
{
    /// <summary>Gets the limit for a connection, name resolution included: 5 s by default.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the limit from the request to the first token: 120 s by default.</summary>
    public TimeSpan FirstToken { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Gets the limit between two pieces of an answer: 60 s by default.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets the limit over all attempts together: 300 s by default.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(300);
}

/// <summary>Attempts at one provider. Only a call that has not yet answered with a token is tried again.</summary>
public sealed record RetrySettings
{
    /// <summary>The longest wait: whoever would wait longer had better ask the next candidate.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Gets the most attempts, the first included: 1 to 3, 3 by default.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Gets the wait before the second attempt, doubled for each further one: 1 s by default.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the most that doubling reaches: 10 s by default, and never above <see cref="LongestWait"/> in effect.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>When a model is given a rest.</summary>
public sealed record BreakerSettings
{
    /// <summary>Gets the failures in a row that open the circuit: 1 to 1000, 5 by default.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>Gets how long it stays open before one call may try again: 60 s by default.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What is remembered of answers.</summary>
public sealed record CacheSettings
{
    /// <summary>Gets whether anything is remembered; true by default.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Gets how long an answer is remembered: 3600 s by default.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>Gets the most answers: 1000 by default.</summary>
    public int MaxItems { get; init; } = 1000;

    /// <summary>Gets about the most bytes that they take together: 64 MiB by default.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;
}
