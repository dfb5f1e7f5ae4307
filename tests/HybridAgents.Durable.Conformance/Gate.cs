namespace HybridAgents.Durable.Conformance;

/// <summary>Holds an activity until the test lets it go, and tells the test that it has come.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets a task that ends when the activity has come.</summary>
    public Task Reached => _reached.Task.WaitAsync(Scenario.Patience);

    /// <summary>Lets everybody pass, now and later.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>Passes when the gate is open.</summary>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    public Task PassAsync(CancellationToken cancellationToken = default)
    {
        _reached.TrySetResult();
        return _open.Task.WaitAsync(cancellationToken);
    }
}
