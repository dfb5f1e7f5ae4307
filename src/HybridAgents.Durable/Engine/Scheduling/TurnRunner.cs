using HybridAgents.Durable.Engine.Execution;
using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>Runs the code of instances, bringing it into memory first where it is cold.</summary>
/// <param name="onIllegalAwait">Told, on any thread, of an instance whose code left its turn.</param>
internal sealed class TurnRunner(DurableRegistry registry, InstanceHistory history, ILoggerFactory loggers, Action<Instance> onIllegalAwait)
{
    /// <summary>The suspend reason of instances whose version is not registered.</summary>
    public const string VersionUnavailable = "version_unavailable";

    /// <summary>Whether the instance's version can run.</summary>
    public bool IsRegistered(Instance instance) => registry.Orchestrators.Contains((instance.Name, instance.Next?.Version ?? instance.Version));

    /// <summary>Runs one turn on what waited and what came in.</summary>
    /// <returns>The turn; null when the instance's version is not registered.</returns>
    /// <exception cref="NonDeterminismException">The replay did not repeat the history.</exception>
    public TurnRecord? Run(Instance instance, IReadOnlyList<HistoryEvent> events, DateTimeOffset now)
    {
        HistoryEvent.ExecutionStarted? start = events.OfType<HistoryEvent.ExecutionStarted>().FirstOrDefault();
        if (start is null && instance.Execution is null && !Warm(instance))
            return null;
        if (start is not null)
        {
            instance.Execution = Create(instance, start);
            if (instance.Execution is null)
                return null;
        }

        TurnDecisions decisions = instance.Execution!.Run(now, instance.Backlog.Count > 0 ? instance.Backlog.Concat(events) : events, replaying: false);
        return new()
        {
            Generation = start?.Generation ?? instance.Generation,
            Time = now,
            Executed = true,
            Events = events,
            Actions = decisions.Actions,
            CustomStatus = decisions.CustomStatus,
            Outcome = decisions.Outcome,
        };
    }

    /// <summary>All that must be kept of an instance, as one record. Every appended record must be on disk.</summary>
    public byte[] Relocated(Instance instance)
    {
        List<TurnRecord> turns = history.Current(instance);
        if (instance.Generation > 1 && history.Origin(instance) is { } origin)
            turns.Insert(0, origin);
        return InstanceRecord.Relocation(instance.Id, turns);
    }

    private bool Warm(Instance instance)
    {
        List<TurnRecord> turns = history.Current(instance);
        // The backlog may hold the start itself: parked before the first turn.
        HistoryEvent.ExecutionStarted start = turns.SelectMany(turn => turn.Events).OfType<HistoryEvent.ExecutionStarted>().First();
        if (Create(instance, start) is not { } execution)
            return false;
        Replay.Run(instance.Id, execution, turns);
        instance.Execution = execution;
        return true;
    }

    private OrchestratorExecution? Create(Instance instance, HistoryEvent.ExecutionStarted start) =>
        registry.CreateOrchestrator(start.Name, start.Version) is { } orchestrator
            ? new(instance.Id, start, orchestrator, loggers, () => onIllegalAwait(instance))
            : null;
}
