using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Journal;

/// <summary>What the journal logs.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Error, Message = "The disk is full or read-only ({Reason}); new work is refused until a write succeeds, tried each second")]
    public static partial void DiskFull(ILogger logger, string reason);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "The disk takes writes again")]
    public static partial void SpaceReturned(ILogger logger);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Critical, Message = "The journal has failed; nothing more is acknowledged")]
    public static partial void Failed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Warning, Message = "Cut a torn write of {Bytes} bytes, never acknowledged, from {File} at offset {Offset}")]
    public static partial void TornTail(ILogger logger, string file, long offset, long bytes);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "Checkpoint {File} cannot be read; trying the one before")]
    public static partial void CheckpointUnreadable(ILogger logger, Exception error, string file);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Information, Message = "Recovered {Records} records up to LSN {Lsn} in {Milliseconds} ms")]
    public static partial void Recovered(ILogger logger, long records, long lsn, long milliseconds);

    [LoggerMessage(EventId = 1107, Level = LogLevel.Warning, Message = "A checkpoint did not fit on the disk ({Reason}); it is tried again")]
    public static partial void CheckpointNoSpace(ILogger logger, string reason);

    [LoggerMessage(EventId = 1108, Level = LogLevel.Debug, Message = "Checkpoint {Generation}: {Bytes} bytes, {Deleted} segments deleted")]
    public static partial void Checkpointed(ILogger logger, long generation, long bytes, int deleted);

    [LoggerMessage(EventId = 1109, Level = LogLevel.Critical, Message = "Segment {Segment} is damaged and stays as it is; restore the data folder from a backup")]
    public static partial void SegmentDamaged(ILogger logger, Exception error, int segment);
}
