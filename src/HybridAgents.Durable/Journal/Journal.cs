using System.ComponentModel.DataAnnotations;
using System.Threading.Channels;
using HybridAgents.Durable.Journal.Tools;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Journal;

/// <summary>The journal: one writer, checkpoints and compaction in the background.</summary>
internal sealed class Journal : IJournal, IAsyncDisposable
{
    private static readonly TimeSpan CompactionInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IDisposable _folderLock;
    private readonly SegmentSet _segments;
    private readonly JournalWriter _writer;
    private readonly JournalMaintenance _maintenance;
    private readonly long _checkpointBytes;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Task _background;
    private bool _disposed;

    private Journal(
        JournalOptions options, IReadOnlyList<IJournalParticipant> participants, IJournalFiles files, IDisposable folderLock, SegmentSet segments, RecoveredJournal recovered,
        TimeProvider time, ILogger logger)
    {
        (_time, _logger, _folderLock, _segments, _checkpointBytes) = (time, logger, folderLock, segments, options.CheckpointBytes);
        _writer = new JournalWriter(new SegmentWriter(files, _segments, options.SegmentBytes, recovered.Tail), recovered.Tail, options, time, logger, OnCommitted);
        _maintenance = new JournalMaintenance(files, _segments, _writer, participants, recovered, logger);
        _timer = time.CreateTimer(_ => _work.Writer.TryWrite(true), null, CompactionInterval, CompactionInterval);
        _background = Task.Factory.StartNew(MaintainAsync, CancellationToken.None, TaskCreationOptions.None, options.Simulation ?? TaskScheduler.Default).Unwrap();
    }

    /// <inheritdoc/>
    public long DurableLsn => _writer.DurableLsn;

    /// <inheritdoc/>
    public string? RefusalReason => _writer.RefusalReason;

    /// <summary>Opens the journal of a data folder, creating it if need be, and hands the participants their state.</summary>
    /// <exception cref="ValidationException">A setting is out of its range.</exception>
    /// <exception cref="IOException">Another process has the folder, or the disk fails.</exception>
    /// <exception cref="JournalCorruptException">The journal is damaged.</exception>
    public static Task<Journal> OpenAsync(
        JournalOptions options, IReadOnlyList<IJournalParticipant> participants, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        return OpenAsync(options, new DiskJournalFiles(options.Path), participants, time, logger, cancellationToken);
    }

    /// <summary>The same on other files.</summary>
    internal static Task<Journal> OpenAsync(
        JournalOptions options, IJournalFiles files, IReadOnlyList<IJournalParticipant> participants, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() =>
        {
            IDisposable folderLock = files.Lock();
            SegmentSet segments = new(files);
            try
            {
                return new Journal(options, participants, files, folderLock, segments, new JournalRecovery(files, segments, participants, logger).Recover(), time, logger);
            }
            catch
            {
                segments.Dispose();
                folderLock.Dispose();
                throw;
            }
        }, cancellationToken, TaskCreationOptions.DenyChildAttach, options.Simulation ?? TaskScheduler.Default);

    /// <inheritdoc/>
    public void Append(JournalEntry entry) => _writer.Append(entry);

    /// <inheritdoc/>
    public ValueTask WaitDurableAsync(long lsn, CancellationToken cancellationToken = default) => _writer.WaitDurableAsync(lsn, cancellationToken);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Read(RecordLocation location) => _segments.Read(location);

    /// <summary>Takes a checkpoint now and deletes segments to which nothing refers.</summary>
    public Task CheckpointAsync(CancellationToken cancellationToken) => _maintenance.CheckpointAsync(cancellationToken);

    /// <inheritdoc cref="JournalMaintenance.BackupAsync"/>
    public Task<JournalBackup> BackupAsync(string folder, CancellationToken cancellationToken) => _maintenance.BackupAsync(folder, cancellationToken);

    /// <summary>Compacts now, as far as it is worth its work.</summary>
    public Task CompactAsync(CancellationToken cancellationToken) => _maintenance.CompactAsync(cancellationToken);

    /// <summary>Writes what is queued, takes a checkpoint and releases the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            await _timer.DisposeAsync();
            _work.Writer.TryComplete();
            _closing.Cancel(); // Here and now, not on the thread pool: all that it wakes is asynchronous.
            await _background;
            _writer.Close();
            await _maintenance.CheckpointAsync(CancellationToken.None);
        }
        catch (JournalStoppedException)
        {
            // It has failed before, and said so; or the disk is full, and what was queued was never acknowledged. Recovery takes it from here.
        }
        catch (IOException error) when (NativeFiles.IsDiskFull(error))
        {
            JournalLog.CheckpointNoSpace(_logger, error.Message); // Recovery replays a longer tail.
        }
        finally
        {
            _segments.Dispose();
            _folderLock.Dispose();
            _maintenance.Dispose();
            _closing.Dispose();
        }
    }

    private void OnCommitted(CommitPoint point)
    {
        if (IsCheckpointDue(point))
            _work.Writer.TryWrite(true);
    }

    private bool IsCheckpointDue(CommitPoint point) => _maintenance.Growth(point) >= Math.Max(_checkpointBytes, _maintenance.CheckpointBytes);

    private async Task MaintainAsync()
    {
        try
        {
            while (await _work.Reader.WaitToReadAsync(_closing.Token))
            {
                _work.Reader.TryRead(out _);
                try
                {
                    if (IsCheckpointDue(_writer.Point))
                        await _maintenance.CheckpointAsync(_closing.Token);
                    await _maintenance.CompactAsync(_closing.Token);
                }
                catch (IOException error) when (NativeFiles.IsDiskFull(error))
                {
                    JournalLog.CheckpointNoSpace(_logger, error.Message);
                    await Task.Delay(RetryInterval, _time, _closing.Token);
                    _work.Writer.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The journal is closing, or a participant has stopped before it and takes no more relocations.
        }
        catch (JournalStoppedException)
        {
            // The writer has failed and said so.
        }
        catch (Exception error) // Without checkpoints the disk fills and recovery never ends: as fatal as a failed write.
        {
            _writer.Fail(error);
        }
    }
}
