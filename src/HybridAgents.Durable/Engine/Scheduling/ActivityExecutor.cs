using System.Collections.Concurrent;
using HybridAgents.Durable.Engine.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>Runs activities, a bounded number at once, the others in order of arrival.</summary>
/// <param name="scheduler">Where they run: the thread pool, but for simulations.</param>
/// <param name="deliver">Takes the run and its answer.</param>
internal sealed partial class ActivityExecutor(
    DurableRegistry registry, IServiceScopeFactory scopes, int maxConcurrent, TaskScheduler scheduler, Action<ActivityRun, HistoryEvent> deliver, ILogger logger)
{
    private readonly ConcurrentQueue<ActivityRun> _queue = new();
    private readonly TaskCompletionSource _drained = new(); // Completed once, at the stop, when there is nobody left to hold up.
    private int _running;
    private volatile bool _stopping;

    /// <summary>Gets how many activities wait for a place.</summary>
    public int Queued => _queue.Count;

    /// <summary>Takes a run. Does not wait.</summary>
    public void Enqueue(ActivityRun run)
    {
        run.Instance.Running.Add(run);
        _queue.Enqueue(run);
        Pump();
    }

    /// <summary>Starts nothing more; completes when nothing runs. What waits is run after the next start.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        if (Volatile.Read(ref _running) == 0)
            _drained.TrySetResult();
        return _drained.Task;
    }

    private void Pump()
    {
        while (!_stopping && !_queue.IsEmpty)
        {
            if (Interlocked.Increment(ref _running) > maxConcurrent)
            {
                Release();
                return;
            }

            if (_queue.TryDequeue(out ActivityRun? run))
                _ = Task.Factory.StartNew(() => RunAsync(run), CancellationToken.None, TaskCreationOptions.PreferFairness, scheduler);
            else
                Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _running) == 0 && _stopping)
            _drained.TrySetResult();
    }

    private async Task RunAsync(ActivityRun run)
    {
        HistoryEvent? answer = await ExecuteAsync(run);
        run.Instance.Running.Remove(run);
        if (answer is not null)
            deliver(run, answer);
        Release();
        Pump();
    }

    /// <summary>Null when the host is stopping and the step is to run again.</summary>
    private async Task<HistoryEvent?> ExecuteAsync(ActivityRun run)
    {
        try
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            IActivity activity = registry.CreateActivity(run.Name, scope.ServiceProvider)
                ?? throw new NonRetriableException($"No activity '{run.Name}' is registered.");
            Payload result = await activity.RunAsync(run, run.Input);
            return result.Length <= OrchestrationContext.MaxPayloadBytes
                ? new HistoryEvent.TaskCompleted(run.TaskId, result)
                : new HistoryEvent.TaskFailed(run.TaskId, TaskFailureDetails.From(
                    new PayloadTooLargeException($"The result of activity '{run.Name}'", result.Length, OrchestrationContext.MaxPayloadBytes)) with
                { IsNonRetriable = true });
        }
        catch (Exception exception) when (run.Cancellation == ActivityCancellation.HostStopping)
        {
            // Not only cancellations: what it works with may be gone already, and that is no failure of the step.
            LogInterrupted(run.Name, run.InstanceId, exception);
            return null;
        }
#pragma warning disable CA1031 // Whatever an activity throws is its failure: recorded, and judged by the retry policy.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(run.Name, run.InstanceId, run.Attempt, exception);
            return new HistoryEvent.TaskFailed(run.TaskId, TaskFailureDetails.From(exception));
        }
    }

    [LoggerMessage(EventId = 1211, Level = LogLevel.Debug, Message = "Activity {Name} of instance {InstanceId} failed in attempt {Attempt}")]
    private partial void LogFailed(string name, string instanceId, int attempt, Exception exception);

    [LoggerMessage(EventId = 1212, Level = LogLevel.Debug, Message = "Activity {Name} of instance {InstanceId} was interrupted by the stop; it runs again after the next start")]
    private partial void LogInterrupted(string name, string instanceId, Exception exception);
}
