using System.Threading.Channels;
using HybridAgents.Durable.Engine.Execution;
using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>Owns a share of the instances: everything that changes one of them is a message to its shard, and one loop takes them in order.</summary>
/// <remarks>
/// The queue is bounded by admission: starts are refused above a limit, and everything else answers work that was admitted.
/// </remarks>
internal sealed partial class Shard(
    IJournal journal, InstanceStore instances, TurnRunner runner, TimeProvider time, int maxHotInstances, ILogger logger)
{
    private readonly Channel<ShardMessage> _messages = Channel.CreateUnbounded<ShardMessage>(new() { SingleReader = true });
    private readonly HotInstances _hot = new(maxHotInstances);

    /// <summary>Gets or sets what durable turns set going; set before the first message.</summary>
    public required TurnEffects Effects { get; set; }

    /// <summary>Gets or sets what drops timers that nobody waits for any more.</summary>
    public required TimerQueue Timers { get; set; }

    /// <summary>Gets how many messages wait.</summary>
    public int Queued => _messages.Reader.Count;

    /// <summary>Adds a message; one that comes after the stop is dropped, and its acknowledgement cancelled.</summary>
    public void Post(ShardMessage message)
    {
        if (!_messages.Writer.TryWrite(message))
            message.Ack?.TrySetCanceled();
    }

    /// <summary>Takes no more messages; the loop ends when those that wait are done.</summary>
    public void Complete() => _messages.Writer.TryComplete();

    /// <summary>The loop.</summary>
    public async Task RunAsync()
    {
        while (await _messages.Reader.WaitToReadAsync())
        {
            while (_messages.Reader.TryRead(out ShardMessage? message))
            {
                try
                {
                    if (ReadsDisk(message))
                        await WaitOnDiskAsync(message.Instance);
                    Process(message);
                }
#pragma warning disable CA1031 // One instance that cannot be read must not stop the others; the caller is told, the operator sees why.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    LogMessageFailed(message.Command, message.Instance.Id, exception);
                    if (message.Instance.Generation == 0)
                        instances.Remove(message.Instance); // Its start has left no trace.
                    message.Ack?.TrySetException(exception);
                }
            }
        }
    }

    /// <summary>Whether the message makes the shard read the instance's records back, or give them up.</summary>
    private static bool ReadsDisk(ShardMessage message) => message.Command is ShardCommand.Relocate or ShardCommand.Purge
        || (message.Instance is { Execution: null, Generation: > 0, Next: null, IsTerminal: false } && message.Command == ShardCommand.Deliver);

    /// <summary>Waits until every record of the instance has its location. Later messages wait behind it, so order is kept.</summary>
    private ValueTask WaitOnDiskAsync(Instance instance) => journal.WaitDurableAsync(instance.LastLsn);

    private void Process(ShardMessage message)
    {
        Instance instance = message.Instance;
        _hot.Cool(instance);
        // Not before a relocation: it writes what is on disk, and the next generation's first turn would not be.
        if (instance.Next is not null && !instance.IsTerminal && message.Command != ShardCommand.Relocate)
            Continue(instance);
        switch (message.Command)
        {
            case ShardCommand.Deliver:
                Deliver(instance, message);
                break;
            case ShardCommand.IllegalAwait when !instance.IsTerminal:
                Fail(instance, [], OrchestratorExecution.IllegalAwait(instance.Id, instance.Name, instance.Version), message.Ack);
                break;
            case ShardCommand.Purge:
                Purge(instance, message.Ack);
                break;
            case ShardCommand.Relocate:
                Relocate(message);
                break;
            case ShardCommand.Barrier:
                AckWhenDurable(instance, message.Ack, true);
                break;
        }

        if (instance.IsTerminal)
            _hot.Forget(instance);
        else if (instance.Execution is not null)
            _hot.Used(instance);
    }

    private void Deliver(Instance instance, ShardMessage message)
    {
        HistoryEvent item = message.Event!;
        if (instance.Generation == 0 && item is not HistoryEvent.ExecutionStarted)
        {
            message.Ack?.TrySetException(new InstanceNotFoundException(instance.Id)); // It overtook the start, of which nobody has heard yet.
            return;
        }

        // Root instances enter the store here, so that nobody finds one whose start is not on its way to disk.
        if (instance.Generation == 0 && instances.Find(instance.Id) != instance && !instances.TryAdd(instance))
        {
            message.Ack?.TrySetResult(false);
            return;
        }

        if (IsStale(instance, message) || (instance.IsTerminal && (message.Child is null || instances.Find(instance.Id) != instance)))
        {
            AckWhenDurable(instance, message.Ack, false);
            return;
        }

        if (instance.IsTerminal)
        {
            // The end of a child that was left behind: on record, so that its absence later means that it was purged, not that it never began.
            Commit(instance, Unexecuted(instance, [item]), message.Ack);
            return;
        }

        bool suspended = instance.Status == OrchestrationStatus.Suspended;
        bool parked = suspended && instance.SuspendReason == TurnRunner.VersionUnavailable;
        switch (item)
        {
            case HistoryEvent.CancelRequested when instance.Cancel is not null:
                AckWhenDurable(instance, message.Ack, true);
                break;
            case HistoryEvent.CancelRequested when suspended && !parked:
                Advance(instance, [new HistoryEvent.Resumed(), item], message.Ack);
                break;
            case HistoryEvent.Suspended when suspended:
                AckWhenDurable(instance, message.Ack, false);
                break;
            case HistoryEvent.Suspended:
                Commit(instance, Unexecuted(instance, [item]), message.Ack);
                break;
            case HistoryEvent.Resumed when !suspended || (parked && !runner.IsRegistered(instance)):
                AckWhenDurable(instance, message.Ack, false);
                break;
            case HistoryEvent.Terminated terminated:
                TaskFailureDetails details = new("Terminated", terminated.Reason ?? "The instance was terminated.", IsNonRetriable: true);
                Commit(instance, Unexecuted(instance, [item]) with { Outcome = new TurnOutcome.Terminated(details) }, message.Ack);
                break;
            default:
                if (suspended && item is not HistoryEvent.Resumed)
                    Commit(instance, Unexecuted(instance, [item]), message.Ack);
                else
                    Advance(instance, [item], message.Ack);
                break;
        }
    }

    /// <summary>An answer to a task that is no longer open: a repeat, or from before the generation or the cancel of a timer.</summary>
    private static bool IsStale(Instance instance, ShardMessage message)
    {
        if (message.Generation != 0 && message.Generation != instance.Generation)
            return true;
        return message.Event switch
        {
            HistoryEvent.ExecutionStarted => instance.Generation != 0,
            HistoryEvent.TaskCompleted completed => !IsPending(completed.TaskId),
            HistoryEvent.TaskFailed failed => !IsPending(failed.TaskId),
            HistoryEvent.TimerFired fired => !IsPending(fired.TaskId),
            _ => false,
        };

        bool IsPending(int taskId) =>
            instance.Pending.TryGetValue(taskId, out PendingTask task) && (message.Child is null || message.Child == task.ChildId);
    }

    /// <summary>Runs the code on what came in, or parks or fails the instance where that cannot be.</summary>
    private void Advance(Instance instance, IReadOnlyList<HistoryEvent> events, TaskCompletionSource<bool>? ack)
    {
        try
        {
            TurnRecord? turn = runner.Run(instance, events, TurnTime(instance));
            Commit(instance, turn ?? Unexecuted(instance, [.. events, new HistoryEvent.Suspended(TurnRunner.VersionUnavailable)]), ack);
            if (turn?.Outcome is TurnOutcome.ContinuedAsNew)
                Post(new(ShardCommand.Continue, instance));
        }
        catch (NonDeterminismException exception)
        {
            LogNonDeterminism(instance.Id, exception);
            Fail(instance, events, TaskFailureDetails.From(exception), ack);
        }
    }

    private void Continue(Instance instance)
    {
        TurnOutcome.ContinuedAsNew next = instance.Next!;
        HistoryEvent.ExecutionStarted start = new(
            instance.Name, next.Version, next.Input, instance.Generation + 1, instance.ParentId, instance.ParentTaskId, instance.ParentGeneration,
            instance.TraceParent, next.Carried);
        instance.Execution = null;
        // A cancel is of the instance, not of the generation: the next one begins with it.
        Advance(instance, instance.Cancel is { } cancel ? [new HistoryEvent.CancelRequested(cancel.Reason), start] : [start], ack: null);
    }

    private void Fail(Instance instance, IReadOnlyList<HistoryEvent> events, TaskFailureDetails failure, TaskCompletionSource<bool>? ack) =>
        Commit(instance, Unexecuted(instance, events) with { Outcome = new TurnOutcome.Failed(failure) }, ack);

    private void Purge(Instance instance, TaskCompletionSource<bool>? ack)
    {
        if (!instance.IsTerminal)
        {
            ack?.TrySetResult(false);
            return;
        }

        PurgeEntry entry = new(InstanceRecord.Purge(instance.Id), ack);
        journal.Append(entry);
        instance.LastLsn = entry.Lsn;
        instances.Remove(instance);
    }

    private void Relocate(ShardMessage message)
    {
        Instance instance = message.Instance;
        lock (instance.Gate)
        {
            if (instances.Find(instance.Id) != instance)
            {
                message.Ack?.TrySetResult(false);
                return;
            }

            RelocationEntry entry = new(runner.Relocated(instance), instance, instances.Live, message.Ack);
            journal.Append(entry);
            instance.LastLsn = entry.Lsn;
            instance.Records.InFlight++;
        }
    }

    private void Commit(Instance instance, TurnRecord turn, TaskCompletionSource<bool>? ack)
    {
        TurnEntry entry = new(InstanceRecord.Turn(instance.Id, turn), instance, turn, ack, Effects);
        int[] dropped = [];
        lock (instance.Gate)
        {
            if (turn.Outcome is not null)
                dropped = [.. instance.Pending.Where(pair => pair.Value.Kind == PendingKind.Timer).Select(pair => pair.Key)];
            instance.Records.InFlight++;
            journal.Append(entry);
            if (instance.LastLsn == 0)
                instance.Records.LocatedLsn = entry.Lsn - 1; // Older records are of a purged instance with the same id.
            instance.Apply(turn, entry.Lsn);
        }

        foreach (int taskId in dropped)
            Timers.Remove(instance, turn.Generation, taskId);
    }

    private TurnRecord Unexecuted(Instance instance, IReadOnlyList<HistoryEvent> events) =>
        new() { Generation = events.OfType<HistoryEvent.ExecutionStarted>().FirstOrDefault()?.Generation ?? instance.Generation, Time = TurnTime(instance), Executed = false, Events = events };

    private DateTimeOffset TurnTime(Instance instance)
    {
        DateTimeOffset now = time.GetUtcNow();
        return now > instance.UpdatedAt ? now : instance.UpdatedAt;
    }

    private void AckWhenDurable(Instance instance, TaskCompletionSource<bool>? ack, bool value)
    {
        if (ack is null)
            return;
        ValueTask durable = journal.WaitDurableAsync(instance.LastLsn);
        if (durable.IsCompletedSuccessfully)
            ack.TrySetResult(value);
        else
            _ = AckAsync(durable, ack, value);
    }

    private static async Task AckAsync(ValueTask durable, TaskCompletionSource<bool> ack, bool value)
    {
        try
        {
            await durable;
            ack.TrySetResult(value);
        }
        catch (JournalStoppedException exception)
        {
            ack.TrySetException(exception);
        }
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "Message {Command} for instance {InstanceId} could not be processed")]
    private partial void LogMessageFailed(ShardCommand command, string instanceId, Exception exception);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error, Message = "Instance {InstanceId} failed: its code is not deterministic")]
    private partial void LogNonDeterminism(string instanceId, Exception exception);
}
