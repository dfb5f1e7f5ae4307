using System.Collections.Concurrent;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>Where a run's event log ends, and what may still be added.</summary>
/// <param name="Last">Sequence of the newest event.</param>
/// <param name="Closed">Whether the terminal event is written, or the run is gone: nothing may be added.</param>
/// <param name="Held">Whether the run is being cancelled or is suspended: it must not complete by itself.</param>
/// <param name="Cancelling">Whether it is being cancelled.</param>
internal sealed record RunHead(long Last, bool Closed, bool Held, bool Cancelling);

/// <summary>What is written together: events, and operations on other rows of the run's partition.</summary>
internal sealed record LogBatch(IReadOnlyList<EventDraft> Events, IReadOnlyList<TableOperation> Operations);

/// <summary>What an append came to.</summary>
internal enum AppendOutcome
{
    Written,

    /// <summary>The terminal event is written: nothing follows it.</summary>
    Closed,

    /// <summary>One of the caller's own operations met its condition not.</summary>
    Conflict,

    /// <summary>The caller, seeing the head, chose to write nothing.</summary>
    Declined,
}

/// <summary>The outcome of an append.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Head">The head after it.</param>
/// <param name="ETags">New versions of the caller's rows, in the order of its operations.</param>
internal readonly record struct AppendResult(AppendOutcome Outcome, RunHead Head, IReadOnlyList<string?> ETags);

/// <summary>Writes run event logs: gapless, ordered, nothing after the terminal event, together with the rows that belong to an event.</summary>
/// <remarks>
/// An event row is inserted at last + 1 if absent. The head of a run in use is cached per process; a conflict (another process wrote) re-reads it and tries again, so
/// a cache entry may be dropped at any time. This is the fence of the whole run: whatever comes after the terminal event is refused here.
/// </remarks>
internal sealed class RunLog(ITableStore tables, RunSignals signals, TimeProvider time)
{
    private const int MaxCachedHeads = 100_000;

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);
    private readonly ConcurrentDictionary<string, Entry> _heads = new(StringComparer.Ordinal);

    /// <summary>Creates the log of a new run, together with its rows.</summary>
    /// <returns>False when the run exists.</returns>
    public async Task<bool> CreateAsync(string runId, IReadOnlyList<TableOperation> rows, EventDraft created, CancellationToken cancellationToken)
    {
        TableOperation[] operations = [.. rows, .. EventRows.Inserts(runId, 1, [created], time.GetUtcNow())];
        TableWriteResult result = await _table.SubmitAsync(operations, WriteDurability.Ordered, cancellationToken);
        if (result.Succeeded)
        {
            EntryOf(runId).Head = new(1, Closed: false, Held: false, Cancelling: false);
            RunTelemetry.Written(created.Type);
        }

        return result.Succeeded;
    }

    /// <summary>Appends what <paramref name="build"/> makes of the current head; it may run more than once, and returns null to write nothing.</summary>
    public async Task<AppendResult> AppendAsync(string runId, Func<RunHead, LogBatch?> build, WriteDurability durability, CancellationToken cancellationToken = default)
    {
        Entry entry = EntryOf(runId);
        await entry.Gate.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                RunHead head = entry.Head ??= await LoadAsync(runId, cancellationToken);
                if (head.Closed)
                    return new(AppendOutcome.Closed, head, []);
                if (build(head) is not { } batch)
                    return new(AppendOutcome.Declined, head, []);

                // The caller's rows come first: the order of operations is the order in which conditions are reported, and a stale caller must not retry.
                TableOperation[] operations = [.. batch.Operations, .. EventRows.Inserts(runId, head.Last + 1, batch.Events, time.GetUtcNow())];
                TableWriteResult result = await _table.SubmitAsync(operations, durability, cancellationToken);
                if (result.Succeeded)
                {
                    entry.Head = head = Advance(head, batch.Events);
                    foreach (EventDraft draft in batch.Events)
                        RunTelemetry.Written(draft.Type);
                    if (head.Closed)
                        _heads.TryRemove(new(runId, entry));
                    signals.Publish(runId);
                    return new(AppendOutcome.Written, head, result.ETags);
                }

                if (result.FailedIndex < batch.Operations.Count)
                    return new(AppendOutcome.Conflict, head, []);
                entry.Head = null;
            }
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>The head as it is now; closed when there is no such run.</summary>
    public async Task<RunHead> GetHeadAsync(string runId, CancellationToken cancellationToken)
    {
        if (_heads.TryGetValue(runId, out Entry? entry) && entry.Head is { } head)
            return head;
        return await LoadAsync(runId, cancellationToken);
    }

    /// <summary>Reads durable events after <paramref name="after"/>, in order, up to the newest.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="after">The sequence that is known.</param>
    /// <param name="rowEnds">Whether <paramref name="after"/> is where an earlier reading ended: rows are written whole, so the next one begins behind it, and none is read again.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async IAsyncEnumerable<RunEvent> ReadAsync(
        string runId, long after, bool rowEnds, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RowRange range = new(RunKeys.Event(rowEnds ? after + 1 : Math.Max(1, after + 2 - EventRows.MaxPerRow)), RunKeys.EventEnd);
        await foreach (TableRow row in _table.QueryAsync(runId, range, cancellationToken))
        {
            foreach (RunEvent entry in EventRows.Decode(row))
            {
                if (entry.Sequence > after)
                    yield return entry;
            }
        }
    }

    private static RunHead Advance(RunHead head, IReadOnlyList<EventDraft> events)
    {
        head = head with { Last = head.Last + events.Count };
        foreach (EventDraft draft in events)
        {
            head = draft.Type switch
            {
                RunEventTypes.RunCancelling => head with { Held = true, Cancelling = true },
                RunEventTypes.RunSuspended => head with { Held = true },
                RunEventTypes.RunResumed => head with { Held = head.Cancelling },
                _ when RunEventTypes.IsTerminal(draft.Type) => head with { Closed = true },
                _ => head,
            };
        }

        return head;
    }

    private Entry EntryOf(string runId)
    {
        if (_heads.TryGetValue(runId, out Entry? entry))
            return entry;
        if (_heads.Count >= MaxCachedHeads)
            _heads.Clear();
        return _heads.GetOrAdd(runId, static _ => new());
    }

    private async Task<RunHead> LoadAsync(string runId, CancellationToken cancellationToken)
    {
        if (await _table.GetAsync(runId, RunKeys.Run, cancellationToken) is not { } row)
            return new(0, Closed: true, Held: true, Cancelling: false);
        RunRow run = new(row);
        bool closed = run.BaseStatus.IsTerminal();
        return new(run.LastEvent ?? await FindLastAsync(runId, cancellationToken), closed, run.IsCancelling || run.IsSuspended, run.IsCancelling);
    }

    /// <summary>Gallops, then bisects: a logarithmic number of one-row reads.</summary>
    private async Task<long> FindLastAsync(string runId, CancellationToken cancellationToken)
    {
        long found = 0, beyond = 1;
        while (await FirstAtOrAfterAsync(beyond) is { } row)
        {
            found = LastOf(row);
            beyond = found * 2;
        }

        while (found + 1 < beyond)
        {
            long middle = found + 1 + (beyond - found - 1) / 2;
            if (await FirstAtOrAfterAsync(middle) is { } row)
                found = LastOf(row);
            else
                beyond = middle;
        }

        return found;

        static long LastOf(TableRow row) => EventRows.Decode(row).Last().Sequence;

        async Task<TableRow?> FirstAtOrAfterAsync(long sequence)
        {
            await foreach (TableRow row in _table.QueryAsync(runId, new(RunKeys.Event(sequence), RunKeys.EventEnd, Take: 1), cancellationToken))
                return row;
            return null;
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public RunHead? Head { get; set; }
    }
}
