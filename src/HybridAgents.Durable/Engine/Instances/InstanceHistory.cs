using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Instances;

/// <summary>Reads the turns of instances back from disk.</summary>
internal sealed class InstanceHistory(IJournal journal)
{
    /// <summary>The turns of the current generation, oldest first. Every appended record must be on disk.</summary>
    public List<TurnRecord> Current(Instance instance)
    {
        RecordLocation[] locations;
        int generation;
        lock (instance.Gate)
        {
            locations = [.. instance.Records.Current];
            generation = instance.Generation;
        }

        List<TurnRecord> turns = new(locations.Length);
        foreach (RecordLocation location in locations)
            turns.AddRange(Read(location).Where(turn => turn.Generation == generation));
        return turns;
    }

    /// <summary>The first turn of all: the one with the original input; null if it is not on disk yet.</summary>
    public TurnRecord? Origin(Instance instance)
    {
        RecordLocation? location;
        lock (instance.Gate)
            location = instance.Records.Origin;
        return location is { } known ? Read(known)[0] : null;
    }

    /// <summary>The result of a completed instance.</summary>
    public Payload? Output(Instance instance)
    {
        RecordLocation? last;
        lock (instance.Gate)
            last = instance.Records.Current is { Count: > 0 } records ? records[^1] : null;
        return last is { } known ? (Read(known)[^1].Outcome as TurnOutcome.Completed)?.Output : null;
    }

    private TurnRecord[] Read(RecordLocation location) => InstanceRecord.Decode(journal.Read(location).Span).Turns;
}
