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

    private static TurnRecord Started() =>
        new() { Generation = 1, Time = DateTimeOffset.UnixEpoch, Executed = true, Events = [new HistoryEvent.ExecutionStarted("flow", "1", default, 1, null, 0, 0, null, [])] };
}
