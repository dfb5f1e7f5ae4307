using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Journal;

/// <summary>What start-up found.</summary>
/// <param name="Tail">Where the journal goes on.</param>
/// <param name="Checkpoint">The checkpoint that was read; null if there was none.</param>
/// <param name="Generation">The last checkpoint's number, readable or not.</param>
/// <param name="CheckpointBytes">The size of the checkpoint that was read.</param>
/// <param name="TailBytes">The size of the frames that were replayed over it.</param>
internal sealed record RecoveredJournal(JournalTail Tail, CheckpointReference? Checkpoint, long Generation, long CheckpointBytes, long TailBytes);

/// <summary>Start-up: opens all segments; manifest, checkpoint, then every record after it, handed to the participants. A torn tail is cut, anything else that is wrong stops.</summary>
internal sealed class JournalRecovery(IJournalFiles files, SegmentSet segments, IReadOnlyList<IJournalParticipant> participants, ILogger logger)
{
    private readonly Dictionary<RecordKind, IJournalParticipant> _participants = participants.ToDictionary(participant => participant.Kind);
    private byte[] _bytes = []; // One segment at a time.
    private long _records;
    private long _tailBytes;

    /// <exception cref="JournalVersionException">This build does not read the folder's version.</exception>
    /// <exception cref="JournalCorruptException">Something other than the last, unacknowledged write is damaged or missing.</exception>
    public RecoveredJournal Recover()
    {
        long started = Stopwatch.GetTimestamp();
        Manifest? manifest = Manifest.Read(files);
        int[] numbers = [.. files.List().Select(name => SegmentHeader.TryParseName(name, out int number) ? number : 0).Where(number => number > 0).Order()];
        (CheckpointReference? checkpoint, CheckpointReader? state) = manifest is null ? default : Choose(manifest, numbers);
        state?.Restore(participants);
        foreach (int number in checkpoint?.Segments ?? [])
            segments.Add(Segment.Open(files, number));
        int firstTail = checkpoint?.TailSegment ?? 1;
        JournalTail tail = ReplayTail(firstTail, [.. numbers.Where(number => number >= firstTail)], checkpoint?.ReplayAfter ?? 0, manifest?.Newest.Durable ?? 0);
        RemoveLeftovers(manifest);
        JournalLog.Recovered(logger, _records, tail.Lsn, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return new RecoveredJournal(tail, checkpoint, manifest?.Newest.Generation ?? 0, state?.Size ?? 0, _tailBytes);
    }

    private (CheckpointReference, CheckpointReader) Choose(Manifest manifest, int[] numbers)
    {
        try
        {
            return (manifest.Newest, CheckpointReader.Open(files, manifest.Newest.FileName));
        }
        catch (Exception error) when (error is JournalCorruptException or IOException && manifest.Previous is { } previous && previous.Segments.Append(previous.TailSegment).All(numbers.Contains))
        {
            JournalLog.CheckpointUnreadable(logger, error, manifest.Newest.FileName);
            return (manifest.Previous, CheckpointReader.Open(files, manifest.Previous.FileName));
        }
        catch (FileNotFoundException)
        {
            throw new JournalCorruptException(manifest.Newest.FileName, 0, "the checkpoint that the manifest names is missing");
        }
    }

    private JournalTail ReplayTail(int firstTail, int[] numbers, long replayAfter, long durable)
    {
        JournalTail tail = new(null, 0, 0, replayAfter);
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != firstTail + i)
                throw new JournalCorruptException(SegmentHeader.FileName(firstTail + i), 0, "the segment is missing");
            Segment segment = Segment.Open(files, numbers[i]);
            segments.Add(segment);
            if (i == 0)
                tail = tail with { Lsn = segment.Header.FirstLsn - 1, PreviousCrc = segment.Header.PreviousCrc };
            else if (segment.Header.FirstLsn != tail.Lsn + 1 || segment.Header.PreviousCrc != tail.PreviousCrc)
                throw new JournalCorruptException(tail.Segment!.Name, tail.Position, $"the frame of record {tail.Lsn + 1} is damaged, and a later segment exists");
            tail = Replay(segment, tail, replayAfter, isLast: i == numbers.Length - 1, durable);
        }
        return tail.Lsn >= Math.Max(durable, replayAfter)
            ? tail
            : throw new JournalCorruptException(tail.Segment?.Name ?? SegmentHeader.FileName(firstTail), tail.Position, $"record {tail.Lsn + 1} is missing, and records up to {durable} were on disk");
    }

    private JournalTail Replay(Segment segment, JournalTail tail, long replayAfter, bool isLast, long durable)
    {
        int length = checked((int)segment.File.Length);
        if (_bytes.Length < length)
            _bytes = GC.AllocateUninitializedArray<byte>(length);
        SegmentScanner scanner = new(segment, _bytes, segment.File.Read(0, _bytes.AsSpan(0, length)));
        (long lsn, uint crc) = (tail.Lsn, tail.PreviousCrc);
        while (scanner.TryRead(lsn + 1, crc, out FrameHeader frame, out int payload))
        {
            if (lsn + frame.Count > replayAfter)
                Dispatch(segment, payload, frame, replayAfter);
            lsn += frame.Count;
            crc = frame.Crc;
        }
        if (isLast && (durable > lsn || scanner.LastDurable() > lsn))
            throw new JournalCorruptException(segment.Name, scanner.Position, $"the frame of record {lsn + 1}, which was on disk, is damaged");
        if (isLast && scanner.HasRest)
        {
            JournalLog.TornTail(logger, segment.Name, scanner.Position, segment.File.Length - scanner.Position);
            segment.File.SetLength(scanner.Position);
            segment.File.Flush();
        }
        return new JournalTail(segment, scanner.Position, crc, lsn);
    }

    private void Dispatch(Segment segment, int payload, in FrameHeader frame, long replayAfter)
    {
        FrameRecords records = new(_bytes.AsSpan(payload, frame.Length));
        for (long lsn = frame.Lsn; lsn < frame.Lsn + frame.Count; lsn++)
        {
            int start = payload + records.Position;
            if (!records.TryRead() || !_participants.TryGetValue(records.Kind, out IJournalParticipant? participant))
                throw new JournalCorruptException(segment.Name, start, $"record {lsn} of kind {(byte)records.Kind} cannot be read by this build");
            if (lsn <= replayAfter)
                continue;
            participant.Replay(lsn, new RecordLocation(segment.Number, payload + records.Offset, records.Current.Length), records.Current);
            _records++;
        }
        _tailBytes += FrameHeader.Size + frame.Length;
    }

    private void RemoveLeftovers(Manifest? manifest)
    {
        IReadOnlyList<CheckpointReference> kept = manifest?.Checkpoints ?? [];
        foreach (string name in files.List())
        {
            bool isKept = SegmentHeader.TryParseName(name, out int number)
                ? kept.Count == 0 || kept.Any(reference => number >= reference.TailSegment || reference.Segments.Contains(number))
                : !name.EndsWith(".tmp", StringComparison.Ordinal) && (!name.EndsWith(CheckpointReference.Extension, StringComparison.Ordinal) || kept.Any(reference => reference.FileName == name));
            if (!isKept)
                files.Delete(name);
        }
        files.SyncFolder();
    }
}
