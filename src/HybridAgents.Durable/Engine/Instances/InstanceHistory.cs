using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Instances;

/// <summary>Reads the turns of instances back from disk.</summary>
/// <remarks>Only what is on disk: the code of an instance is replayed only after all of it is.</remarks>
internal sealed class InstanceHistory(IJournal journal)
{
    /// <summary>The turns of the newest generation of which any is on disk, oldest first.</summary>
    public List<TurnRecord> Current(Instance instance)
    {
        (IEnumerable<TurnRecord> turns, int generation) = Read(instance, static records => records.Current);
        return [.. turns.Where(turn => turn.Generation == generation)];
    }

    /// <summary>The first turn of all: the one with the original input; null if it is not on disk yet.</summary>
    public TurnRecord? Origin(Instance instance) =>
        Read(instance, static records => records.Origin is { } origin ? [origin] : []).Turns.FirstOrDefault();

    /// <summary>The result of a completed instance.</summary>
    public Payload? Output(Instance instance) =>
        // Almost always the last: only the ends of children that it left behind follow.
        Read(instance, static records => records.Current).Turns.Reverse().Select(turn => turn.Outcome).OfType<TurnOutcome.Completed>().FirstOrDefault()?.Output;

    private (IEnumerable<TurnRecord> Turns, int Generation) Read(Instance instance, Func<InstanceRecords, IEnumerable<RecordLocation>> select)
    {
        while (true)
        {
            (RecordLocation[] locations, int generation) = Look();
            try
            {
                return (locations.SelectMany(location => InstanceRecord.Decode(journal.Read(location).Span).Turns).ToArray(), generation);
            }
            catch (InvalidOperationException) when (!Look().Locations.SequenceEqual(locations))
            {
                // Relocated meanwhile: look again.
            }
        }

        (RecordLocation[] Locations, int Generation) Look()
        {
            lock (instance.Gate)
                return ([.. select(instance.Records)], instance.Records.Generation);
        }
    }
}
