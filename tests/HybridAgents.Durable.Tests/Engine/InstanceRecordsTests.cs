using System.Buffers;
using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Engine;

public sealed class InstanceRecordsTests
{
    [Fact]
    public void Add_FirstGenerationAfterACheckpointOfTheSecond_IsKeptAsTheOrigin()
    {
        LiveBytes live = new();
        InstanceRecords records = new();
        records.Restore([], origin: null, generation: 2, live);

        records.Add(new(1, 100, 10), generation: 1, live);
        records.Add(new(1, 200, 20), generation: 1, live);
        records.Add(new(1, 300, 30), generation: 2, live);

        records.Origin.ShouldBe(new RecordLocation(1, 100, 10));
        records.Current.ShouldBe([new RecordLocation(1, 300, 30)]);
        live[1].ShouldBe(40);
    }

    [Fact]
    public void Replay_RecordOfAPurgedInstanceWithTheSameId_IsNotTakenForTheNewOnes()
    {
        InstanceStore before = new();
        Instance again = new("same");
        again.Records.LocatedLsn = 6; // What a shard notes when it appends the first record, number 7.
        again.Apply(Started(), 7);
        before.TryAdd(again);
        ArrayBufferWriter<byte> checkpoint = new();
        before.WriteCheckpoint(checkpoint);
        InstanceStore after = new();
        after.ReadCheckpoint(checkpoint.WrittenSpan);

        after.Replay(5, new(1, 100, 10), InstanceRecord.Turn("same", Started()));
        after.Replay(6, new(1, 200, 10), InstanceRecord.Purge("same"));
        after.Replay(7, new(1, 300, 10), InstanceRecord.Turn("same", Started()));

        after.Find("same")!.Records.All().ShouldBe([new RecordLocation(1, 300, 10)]);
    }

    [Fact]
    public void Current_RelocatedWhileItIsRead_IsReadFromItsNewPlace()
    {
        LiveBytes live = new();
        Instance moved = new("moved");
        moved.Records.Add(new(1, 100, 10), generation: 1, live);
        InstanceHistory history = new(new MovingJournal(moved, live));

        history.Current(moved).ShouldHaveSingleItem().Generation.ShouldBe(1);
    }

    [Fact]
    public void Current_NextGenerationNotYetOnDisk_IsStillTheOneBefore()
    {
        LiveBytes live = new();
        Instance instance = new("next");
        instance.Records.Add(new(2, 100, 10), generation: 1, live);
        instance.Apply(Started() with { Outcome = new TurnOutcome.ContinuedAsNew(default, "1", []) }, 1);
        instance.Apply(Started() with { Generation = 2, Events = [new HistoryEvent.ExecutionStarted("flow", "1", default, 2, null, 0, 0, null, [])] }, 2);
        InstanceHistory history = new(new MovingJournal(instance, live));

        history.Current(instance).ShouldHaveSingleItem().Generation.ShouldBe(1);
    }

    private static TurnRecord Started() =>
        new() { Generation = 1, Time = DateTimeOffset.UnixEpoch, Executed = true, Events = [new HistoryEvent.ExecutionStarted("flow", "1", default, 1, null, 0, 0, null, [])] };

    /// <summary>Segment 1 is gone: whoever reads it finds that its records have been moved to segment 2.</summary>
    private sealed class MovingJournal(Instance instance, LiveBytes live) : IJournal
    {
        public long DurableLsn => 2;

        public string? RefusalReason => null;

        public void Append(JournalEntry entry) => throw new NotSupportedException();

        public ValueTask WaitDurableAsync(long lsn, CancellationToken cancellationToken = default) => default;

        public ReadOnlyMemory<byte> Read(RecordLocation location)
        {
            if (location.Segment == 2)
                return InstanceRecord.Turn(instance.Id, Started());
            instance.Records.Relocate(location with { Segment = 2 }, live);
            throw new InvalidOperationException("Segment 1 is gone.");
        }
    }
}
