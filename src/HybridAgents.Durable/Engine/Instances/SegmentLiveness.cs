using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Instances;

/// <summary>Counts, for each segment, the bytes of instance records that are still referred to. Safe for concurrent use.</summary>
internal sealed class SegmentLiveness
{
    private readonly ConcurrentDictionary<int, StrongBox<long>> _bytes = new();

    public void Add(RecordLocation location) => Interlocked.Add(ref Box(location).Value, location.Length);

    public void Remove(RecordLocation location) => Interlocked.Add(ref Box(location).Value, -location.Length);

    public long Of(int segment) => _bytes.TryGetValue(segment, out StrongBox<long>? box) ? Interlocked.Read(ref box.Value) : 0;

    private StrongBox<long> Box(RecordLocation location) => _bytes.GetOrAdd(location.Segment, static _ => new());
}
