namespace HybridAgents.Durable.Journal.Tools;

/// <summary>A segment of a journal that nobody writes, read whole.</summary>
internal sealed class SegmentAtRest
{
    private readonly byte[] _bytes;
    private readonly int _length;
    private readonly Segment _segment;

    private SegmentAtRest(Segment segment, byte[] bytes, int length)
    {
        (_segment, _bytes, _length) = (segment, bytes, length);
        Scanner = new SegmentScanner(segment, bytes, length);
        (LastLsn, LastCrc) = (segment.Header.FirstLsn - 1, segment.Header.PreviousCrc);
    }

    public SegmentHeader Header => _segment.Header;

    public string Name => _segment.Name;

    public SegmentScanner Scanner { get; }

    /// <summary>Gets the last record of the frames read so far.</summary>
    public long LastLsn { get; private set; }

    /// <summary>Gets the checksum of the last frame read so far.</summary>
    public uint LastCrc { get; private set; }

    /// <summary>Gets how many frames have been read.</summary>
    public long Frames { get; private set; }

    /// <summary>Gets what is left after the frames read so far.</summary>
    public ReadOnlyMemory<byte> Rest => _bytes.AsMemory(Scanner.Position, _length - Scanner.Position);

    /// <summary>Gets the file up to the end of the frames read so far.</summary>
    public ReadOnlyMemory<byte> Valid => _bytes.AsMemory(0, Scanner.Position);

    /// <exception cref="JournalCorruptException">It is missing, or its header is damaged.</exception>
    /// <exception cref="JournalVersionException">This build does not read its version.</exception>
    public static SegmentAtRest Read(IJournalFiles files, int number)
    {
        using Segment segment = Segment.Open(files, number);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)segment.File.Length));
        return new SegmentAtRest(segment, bytes, segment.File.Read(0, bytes));
    }

    /// <summary>Reads the next frame; false at the end or at damage.</summary>
    public bool TryRead(out FrameHeader frame, out ReadOnlySpan<byte> payload, out int payloadOffset)
    {
        payload = default;
        if (!Scanner.TryRead(LastLsn + 1, LastCrc, out frame, out payloadOffset))
            return false;
        payload = _bytes.AsSpan(payloadOffset, frame.Length);
        (LastLsn, LastCrc) = (LastLsn + frame.Count, frame.Crc);
        Frames++;
        return true;
    }

    /// <summary>Reads all frames there are.</summary>
    public SegmentAtRest ReadToEnd()
    {
        while (TryRead(out _, out _, out _))
        {
        }

        return this;
    }

    /// <summary>Whether the segment goes on where the one before it ended.</summary>
    public bool Follows(SegmentAtRest before) => Header.FirstLsn == before.LastLsn + 1 && Header.PreviousCrc == before.LastCrc;

    /// <summary>The numbers of the segments that are there.</summary>
    public static IReadOnlyList<int> Existing(IJournalFiles files) =>
        [.. files.List().Select(name => SegmentHeader.TryParseName(name, out int number) ? number : 0).Where(number => number > 0).Order()];

    /// <summary>The numbers of those that the journal needs, there or not: what its checkpoints refer to, and every one from the first that must be replayed.</summary>
    public static IReadOnlyList<int> Needed(IJournalFiles files, IReadOnlyList<CheckpointReference> checkpoints)
    {
        int firstTail = checkpoints.Select(checkpoint => checkpoint.TailSegment).DefaultIfEmpty(1).Min();
        int last = Existing(files) is [.., var newest] ? newest : 0;
        IEnumerable<int> tail = Enumerable.Range(firstTail, Math.Max(0, last - firstTail + 1));
        return [.. tail.Concat(checkpoints.SelectMany(checkpoint => checkpoint.Segments.Append(checkpoint.TailSegment))).Distinct().Order()];
    }
}
