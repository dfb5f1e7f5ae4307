using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Instances;

/// <summary>Where the turns of an instance lie on disk: those of its current generation, and its very first turn.</summary>
/// <remarks>Guarded by the instance's gate.</remarks>
internal sealed class InstanceRecords
{
    private readonly List<RecordLocation> _current = [];

    /// <summary>Gets the records of the current generation, oldest first.</summary>
    public IReadOnlyList<RecordLocation> Current => _current;

    /// <summary>Gets the generation to which they belong.</summary>
    public int Generation { get; private set; }

    /// <summary>Gets the record that holds the first turn of all: the one with the original input.</summary>
    public RecordLocation? Origin { get; private set; }

    /// <summary>Gets or sets how many records have been appended but are not on disk yet.</summary>
    public int InFlight { get; set; }

    /// <summary>Gets or sets the newest record whose location is known here.</summary>
    public long LocatedLsn { get; set; }

    /// <summary>Everything that is referred to, each location once.</summary>
    public IEnumerable<RecordLocation> All() => Origin is { } origin && !_current.Contains(origin) ? _current.Prepend(origin) : _current;

    /// <summary>A record of <paramref name="generation"/> is on disk.</summary>
    public void Add(RecordLocation location, int generation, LiveBytes live)
    {
        if (generation > Generation)
        {
            foreach (RecordLocation old in _current)
            {
                if (old != Origin)
                    live.Add(old.Segment, -old.Length);
            }

            _current.Clear();
            Generation = generation;
        }

        if (generation < Generation)
        {
            // Only after a checkpoint that knew the generation before the records: the first turn of all is kept all the same.
            if (Origin is null)
            {
                Origin = location;
                live.Add(location.Segment, location.Length);
            }

            return;
        }

        _current.Add(location);
        Origin ??= location;
        live.Add(location.Segment, location.Length);
    }

    /// <summary>Everything has been written again into one record.</summary>
    public void Relocate(RecordLocation location, LiveBytes live)
    {
        Clear(live);
        _current.Add(location);
        Origin = location;
        live.Add(location.Segment, location.Length);
    }

    /// <summary>Start-up: takes what a checkpoint holds.</summary>
    public void Restore(IEnumerable<RecordLocation> current, RecordLocation? origin, int generation, LiveBytes live)
    {
        _current.AddRange(current);
        Origin = origin;
        Generation = generation;
        foreach (RecordLocation location in All())
            live.Add(location.Segment, location.Length);
    }

    /// <summary>The instance is gone.</summary>
    public void Clear(LiveBytes live)
    {
        foreach (RecordLocation location in All())
            live.Add(location.Segment, -location.Length);
        _current.Clear();
        Origin = null;
    }
}
