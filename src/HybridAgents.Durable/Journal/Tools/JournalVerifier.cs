namespace HybridAgents.Durable.Journal.Tools;

/// <summary>Reads everything that a journal needs, and judges it as a start of the engine would, but goes on after a fault.</summary>
internal sealed class JournalVerifier(IJournalFiles files)
{
    private readonly List<JournalFileReport> _files = [];
    private bool _isManifestLost;
    private long _tornBytes;
    private long _durable;

    /// <exception cref="JournalVersionException">This build does not read the journal's version.</exception>
    public JournalReport Verify(CancellationToken cancellationToken)
    {
        Manifest? manifest = ReadManifest();
        IReadOnlyList<CheckpointReference> checkpoints = manifest?.Checkpoints ?? [];
        foreach (CheckpointReference checkpoint in checkpoints)
            ReadCheckpoint(checkpoint.FileName);
        _durable = manifest?.Newest.Durable ?? 0;
        ReadSegments(_isManifestLost ? SegmentAtRest.Existing(files) : SegmentAtRest.Needed(files, checkpoints), cancellationToken);
        JournalVerdict verdict = _files.Exists(file => file.Fault is not null) ? JournalVerdict.Damaged : _tornBytes > 0 ? JournalVerdict.TornTail : JournalVerdict.Sound;
        return new JournalReport(JournalFormat.Current, verdict, _files, _durable, _tornBytes);
    }

    private Manifest? ReadManifest()
    {
        try
        {
            Manifest? manifest = Manifest.Read(files);
            if (manifest is not null)
                Add(Manifest.FileName, Size(Manifest.FileName));
            return manifest;
        }
        catch (JournalCorruptException error)
        {
            Add(Manifest.FileName, Size(Manifest.FileName), fault: new(error.Offset, error.What));
            _isManifestLost = true;
            return null;
        }
    }

    private void ReadCheckpoint(string name)
    {
        try
        {
            Add(name, CheckpointReader.Open(files, name).Size);
        }
        catch (JournalCorruptException error)
        {
            Add(name, Size(name), fault: new(error.Offset, error.What));
        }
        catch (FileNotFoundException)
        {
            Add(name, 0, fault: new(0, "the checkpoint is missing"));
        }
    }

    private void ReadSegments(IReadOnlyList<int> numbers, CancellationToken cancellationToken)
    {
        SegmentAtRest? before = null;
        foreach (int number in numbers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SegmentAtRest segment;
            try
            {
                segment = SegmentAtRest.Read(files, number);
            }
            catch (JournalCorruptException error)
            {
                Add(error.File, 0, fault: new(error.Offset, error.What));
                before = null;
                continue;
            }

            if (before is not null && before.Header.Number == number - 1 && !segment.Follows(before))
                Blame(before, "a later segment exists");
            JournalFault? fault = Scan(segment);
            if (number == numbers[^1])
                fault ??= Judge(segment);
            else if (number + 1 != numbers.FirstOrDefault(later => later > number) && segment.Scanner.HasRest)
                fault ??= new(segment.Scanner.Position, $"the frame of record {segment.LastLsn + 1} is damaged"); // Where the next segment exists, it proves whether anything is missing.
            Add(segment.Name, segment.Scanner.Position, segment.Frames, segment.Header.FirstLsn, segment.LastLsn, fault);
            before = segment;
        }
    }

    private static JournalFault? Scan(SegmentAtRest segment)
    {
        JournalFault? fault = null;
        while (segment.TryRead(out FrameHeader frame, out ReadOnlySpan<byte> payload, out int offset))
        {
            FrameRecords records = new(payload);
            int count = 0;
            while (!records.AtEnd && records.TryRead())
                count++;
            if (!records.AtEnd || count != frame.Count)
                fault ??= new(offset, $"the records of the frame that begins with {frame.Lsn} are not framed as they should be");
        }

        return fault;
    }

    /// <summary>The last segment: whether what follows the last valid frame was ever promised to anybody.</summary>
    private JournalFault? Judge(SegmentAtRest segment)
    {
        long known = Math.Max(_durable, segment.Scanner.LastDurable());
        if (known > segment.LastLsn)
        {
            _durable = known;
            return new(segment.Scanner.Position, $"the frame of record {segment.LastLsn + 1} is damaged or missing, and records up to {known} were on disk");
        }

        _durable = segment.LastLsn;
        _tornBytes = segment.Scanner.HasRest ? segment.Rest.Length : 0;
        return null;
    }

    private void Blame(SegmentAtRest segment, string why)
    {
        int index = _files.FindLastIndex(file => file.Name == segment.Name);
        if (_files[index].Fault is null)
            _files[index] = _files[index] with { Fault = new(segment.Scanner.Position, $"the frame of record {segment.LastLsn + 1} is damaged or missing, and {why}") };
    }

    private void Add(string name, long bytes, long frames = 0, long? firstLsn = null, long? lastLsn = null, JournalFault? fault = null) =>
        _files.Add(new(name, bytes, frames, firstLsn, lastLsn, fault));

    private long Size(string name)
    {
        using IJournalFile file = files.Open(name);
        return file.Length;
    }
}
