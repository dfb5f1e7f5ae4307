using HybridAgents.Durable.Journal.Tools;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Journal;

/// <summary>Takes checkpoints, deletes segments that nothing refers to, and moves what is left out of segments that are mostly dead. One at a time.</summary>
internal sealed class JournalMaintenance(
    IJournalFiles files, SegmentSet segments, JournalWriter writer, IReadOnlyList<IJournalParticipant> participants, RecoveredJournal recovered, ILogger logger) : IDisposable
{
    private const string TemporaryName = "checkpoint.tmp";
    private const long DeadBytesLimit = 128 << 20;

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly HashSet<int> _damaged = []; // Segments that could not be emptied because something in them cannot be read.
    private CheckpointReference? _newest = recovered.Checkpoint;
    private long _generation = recovered.Generation;
    private long _checkpointBytes = recovered.CheckpointBytes;
    private long _checkpointedAt = -recovered.TailBytes; // On the scale of CommitPoint.Bytes, which begins at 0 with this process.

    /// <summary>Gets the size of the last checkpoint.</summary>
    public long CheckpointBytes => Volatile.Read(ref _checkpointBytes);

    /// <summary>Bytes of frames since the last checkpoint.</summary>
    public long Growth(CommitPoint point) => point.Bytes - Volatile.Read(ref _checkpointedAt);

    /// <summary>Takes a checkpoint, then deletes the segments that it no longer needs. Does nothing if nothing was written since the last one.</summary>
    public async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await TakeCheckpointAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>While too much is dead, empties the segment with the least life in it.</summary>
    public async Task CompactAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            while (Judge() is { IsDue: true } judgement)
            {
                CommitPoint before = writer.Point;
                if (judgement.Relocate is { } number && !await TryEmptyAsync(number, cancellationToken))
                    continue;
                long freed = await TakeCheckpointAsync(cancellationToken);
                if (freed <= writer.Point.Bytes - before.Bytes)
                    return; // No gain: what is left is not worth moving.
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Takes a checkpoint and copies it with all that it needs; nothing is deleted meanwhile.</summary>
    public async Task<JournalBackup> BackupAsync(string folder, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await TakeCheckpointAsync(cancellationToken);
            return await Task.Run(() => JournalBackup.Take(files, _newest, folder, cancellationToken), cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Moves what lives out of the segment. One that is damaged stays as it is: the rest of it can still be read, and a copy would hide the damage.</summary>
    private async Task<bool> TryEmptyAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            foreach (IJournalParticipant participant in participants)
                await participant.RelocateAsync(number, cancellationToken);
            return true;
        }
        catch (JournalCorruptException error)
        {
            _damaged.Add(number);
            JournalLog.SegmentDamaged(logger, error, number);
            return false;
        }
    }

    private long LiveBytes(int segment) => participants.Sum(participant => participant.LiveBytes(segment));

    private Judgement Judge()
    {
        (long dead, long live, double lowest, int? candidate, bool hasEmpty) = (0, 0, 0.5, null, false);
        int current = writer.Point.Segment;
        foreach (int number in segments.Numbers.Where(number => number < current))
        {
            long length = segments.Length(number);
            long alive = Math.Min(length, LiveBytes(number));
            (dead, live) = (dead + length - alive, live + alive);
            hasEmpty |= alive == 0;
            if (alive > 0 && (double)alive / length is var share && share < lowest && !_damaged.Contains(number))
                (lowest, candidate) = (share, number);
        }
        return new Judgement((dead > DeadBytesLimit || dead > live) && (hasEmpty || candidate is not null), candidate);
    }

    private async Task<long> TakeCheckpointAsync(CancellationToken cancellationToken)
    {
        writer.ThrowIfFailed();
        CommitPoint start = writer.Point;
        if (start.Bytes == _checkpointedAt || start.Lsn == 0)
            return 0;
        long size;
        using (IJournalFile file = files.Create(TemporaryName))
            size = new CheckpointWriter(file).Write(participants);

        // Liveness is judged before the last LSN is read: whatever a later record took away is still there until that record is on disk.
        int[] dead = [.. segments.Numbers.Where(number => number < start.Segment && LiveBytes(number) == 0)];
        long end = writer.LastLsn;
        await writer.WaitDurableAsync(end, cancellationToken);

        CheckpointReference reference = new(_generation + 1, start.Lsn, start.Segment, end, [.. segments.Numbers.Where(number => number < start.Segment && !dead.Contains(number))]);
        CheckpointReference? previous = _newest is { } newest && !dead.Any(number => number >= newest.TailSegment || newest.Segments.Contains(number)) ? newest : null;
        files.Rename(TemporaryName, reference.FileName);
        new Manifest(reference, previous).Write(files);
        (_newest, _generation) = (reference, reference.Generation);
        Volatile.Write(ref _checkpointBytes, size);
        Volatile.Write(ref _checkpointedAt, start.Bytes);

        foreach (string name in files.List().Where(name => name.EndsWith(CheckpointReference.Extension, StringComparison.Ordinal) && name != reference.FileName && name != previous?.FileName))
            files.Delete(name);
        long freed = await segments.DeleteAsync(dead);
        JournalLog.Checkpointed(logger, reference.Generation, size, dead.Length);
        return freed;
    }

    /// <param name="IsDue">Whether enough is dead, and something can be done about it.</param>
    /// <param name="Relocate">The segment to empty; null if some are empty already and no other is worth it.</param>
    private readonly record struct Judgement(bool IsDue, int? Relocate);
}
