namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>Says that documents wait for vectors. What says so and what waits meet here only; what must be done stands in the tables.</summary>
internal sealed class VectorSignal : IDisposable
{
    private readonly SemaphoreSlim _asked = new(0, 1);

    /// <summary>Ends the current wait, or the next one.</summary>
    public void Set()
    {
        try
        {
            _asked.Release();
        }
        catch (SemaphoreFullException)
        {
            // Asked already.
        }
    }

    /// <summary>Waits until it is asked for, or for that long.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(longest, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _asked.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time for another look.
        }
    }

    public void Dispose() => _asked.Dispose();
}
