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
        RecordLocation[] locations;
        lock (instance.Gate)
            locations = [.. instance.Records.Current];
        // Almost always the last: only the ends of children that it left behind follow.
        return locations.Reverse().SelectMany(location => Read(location).Reverse()).Select(turn => turn.Outcome).OfType<TurnOutcome.Completed>().FirstOrDefault()?.Output;
    }

    private TurnRecord[] Read(RecordLocation location) => InstanceRecord.Decode(journal.Read(location).Span).Turns;
}
