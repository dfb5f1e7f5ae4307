using System.Collections.Concurrent;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Tests.Journal;
using HybridAgents.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using DurableJournal = HybridAgents.Durable.Journal.Journal;

namespace HybridAgents.Durable.Tests.Conformance;

/// <summary>Watches every execution of an activity, and knows after a crash which had their results on the disk.</summary>
internal sealed class StepLedger
{
    private readonly ConcurrentQueue<string> _repeated = new();
    private volatile HashSet<(string Key, int Attempt)> _finished = [];

    /// <summary>Gets the keys of steps that began although a crash had left their result on the disk.</summary>
    public IReadOnlyCollection<string> RepeatedAlthoughFinished => [.. _repeated];

    /// <summary>The same registry, with every activity watched.</summary>
    public DurableRegistry Watch(DurableRegistry registry)
    {
        DurableRegistry watched = new();
        foreach ((string name, string version) in registry.Orchestrators.OrderBy(item => item.Version == registry.NewestVersion(item.Name)))
            watched.AddOrchestrator(name, version, () => registry.CreateOrchestrator(name, version)!);
        foreach (string name in registry.Activities)
            watched.AddActivity(name, services => new Watched(this, registry.CreateActivity(name, services)!));
        return watched;
    }

    /// <summary>Reads from what a crash has left which steps are finished.</summary>
    public async Task NoteFinishedAsync(SimulatedFiles disk)
    {
        FinishedSteps steps = new();
        JournalOptions options = new() { Path = "simulated" };
        await using DurableJournal journal = await DurableJournal.OpenAsync(options, disk, [steps, new Ignored()], new ManualTimeProvider(), NullLogger.Instance, CancellationToken.None);
        _finished = steps.Keys;
    }

    private sealed class Watched(StepLedger ledger, IActivity inner) : IActivity
    {
        public Task<Payload> RunAsync(ActivityContext context, Payload input)
        {
            if (ledger._finished.Contains((context.Key, context.Attempt)))
                ledger._repeated.Enqueue($"{context.Key} attempt {context.Attempt}");
            return inner.RunAsync(context, input);
        }
    }

    /// <summary>Reads instance records only to see which activities have their answer.</summary>
    private sealed class FinishedSteps : Participant
    {
        private readonly Dictionary<(string Id, int Generation, int TaskId), (string Key, int Attempt)> _scheduled = [];

        public override RecordKind Kind => RecordKind.Instance;

        public HashSet<(string Key, int Attempt)> Keys { get; } = [];

        public override void Replay(long lsn, RecordLocation location, ReadOnlySpan<byte> payload)
        {
            (_, string id, TurnRecord[] turns) = InstanceRecord.Decode(payload);
            foreach (TurnRecord turn in turns)
            {
                foreach (HistoryEvent item in turn.Events)
                {
                    int? answered = item switch { HistoryEvent.TaskCompleted done => done.TaskId, HistoryEvent.TaskFailed failed => failed.TaskId, _ => null };
                    if (answered is { } taskId && _scheduled.TryGetValue((id, turn.Generation, taskId), out (string Key, int Attempt) step))
                        Keys.Add(step);
                }

                foreach (OrchestratorAction.ScheduleActivity call in turn.Actions.OfType<OrchestratorAction.ScheduleActivity>())
                    _scheduled[(id, turn.Generation, call.TaskId)] = (call.Key, call.Attempt);
            }
        }
    }

    private sealed class Ignored : Participant
    {
        public override RecordKind Kind => RecordKind.Table;
    }

    private abstract class Participant : IJournalParticipant
    {
        public abstract RecordKind Kind { get; }

        public virtual void Replay(long lsn, RecordLocation location, ReadOnlySpan<byte> payload)
        {
        }

        public void WriteCheckpoint(System.Buffers.IBufferWriter<byte> writer)
        {
        }

        public void ReadCheckpoint(ReadOnlySpan<byte> checkpoint)
        {
        }

        public long LiveBytes(int segment) => 1;

        public Task RelocateAsync(int segment, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
