using System.Collections.Concurrent;

namespace HybridAgents.Durable.Journal;

/// <summary>All segments that exist, by number.</summary>
internal sealed class SegmentSet(IJournalFiles files) : IDisposable
{
    private readonly ConcurrentDictionary<int, Segment> _segments = new();

    /// <summary>Gets the numbers, ascending.</summary>
    public IReadOnlyList<int> Numbers => [.. _segments.Keys.Order()];

    public void Add(Segment segment) => _segments[segment.Number] = segment;

    /// <summary>Bytes that the segment's file occupies.</summary>
    public long Length(int number) => _segments.TryGetValue(number, out Segment? segment) ? segment.File.Length : 0;

    /// <inheritdoc cref="IJournal.Read"/>
    public ReadOnlyMemory<byte> Read(RecordLocation location) =>
        (_segments.TryGetValue(location.Segment, out Segment? segment) ? segment.Read(location) : null)
        ?? throw new InvalidOperationException($"Segment {location.Segment} is gone: the location was given up by relocation.");

    /// <summary>Removes the segments' files once no reader is in them; returns the bytes that they occupied.</summary>
    public async Task<long> DeleteAsync(IReadOnlyCollection<int> numbers)
    {
        long freed = 0;
        foreach (int number in numbers)
        {
            if (!_segments.TryRemove(number, out Segment? segment))
                continue;
            await segment.RetireAsync();
            freed += segment.File.Length;
            segment.Dispose();
            files.Delete(segment.Name);
        }
        if (numbers.Count > 0)
            files.SyncFolder();
        return freed;
    }

    public void Dispose()
    {
        foreach (Segment segment in _segments.Values)
            segment.Dispose();
    }
}
