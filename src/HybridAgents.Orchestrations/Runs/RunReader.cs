using System.Runtime.CompilerServices;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Reads runs: status, lists, events.</summary>
internal sealed class RunReader(
    RunProjection projection, RunLog log, RunSignals signals, RunIndex index, RunRequests requests, Transcript transcript, RunCloser closer, IOptions<RunOptions> options, TimeProvider time)
{
    /// <summary>The most index entries that one page looks at; a filter that matches little gets short pages.</summary>
    private const int MaxScanned = 1_000;

    /// <summary>How long a watched run may be silent before it is asked whether somebody still drives it.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public async Task<RunView?> GetAsync(string runId, RunCaller caller, CancellationToken cancellationToken)
    {
        RunRow? run = await projection.FindAsync(runId, caller, cancellationToken);
        if (run is not null && await closer.CloseIfAbandonedAsync(run, cancellationToken))
            run = await projection.FindAsync(runId, caller, cancellationToken);
        return run is null ? null : await projection.ViewAsync(run, cancellationToken);
    }

    public async Task<RunView?> WaitAsync(string runId, RunCaller caller, TimeSpan wait, CancellationToken cancellationToken)
    {
        using RunSignals.Subscription subscription = signals.Subscribe(runId);
        long begun = time.GetTimestamp();
        RunView? first = await GetAsync(runId, caller, cancellationToken);
        RunView? current = first;
        while (current is not null && current.Status == first!.Status && !current.Status.IsTerminal())
        {
            TimeSpan left = wait - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
                break;
            await subscription.WaitAsync(left, cancellationToken);
            current = await GetAsync(runId, caller, cancellationToken);
        }

        return current;
    }

    public async IAsyncEnumerable<RunEvent> WatchAsync(
        string runId, RunCaller caller, long startingAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using RunSignals.Subscription subscription = signals.Subscribe(runId);
        long position = Math.Max(0, startingAfter);
        long heard = time.GetTimestamp();
        bool rowEnds = false;
        RunRow? run = await projection.FindAsync(runId, caller, cancellationToken);
        while (run is not null)
        {
            bool news = false;
            await foreach (RunEvent entry in log.ReadAsync(runId, position, rowEnds, cancellationToken))
            {
                position = entry.Sequence;
                news = true;
                yield return entry;
                if (RunEventTypes.IsTerminal(entry.Type))
                    yield break;
            }

            rowEnds |= news;
            if (news)
            {
                heard = time.GetTimestamp();
            }
            else
            {
                // Only who hears nothing must ask whether there is anything left to hear.
                run = await projection.FindAsync(runId, caller, cancellationToken);
                if (run is null || position >= run.LastEvent)
                    yield break;
                if (time.GetElapsedTime(heard) >= Silence)
                {
                    heard = time.GetTimestamp();
                    if (await closer.CloseIfAbandonedAsync(run, cancellationToken))
                        continue;
                }
            }

            await subscription.WaitAsync(RunSignals.RecheckInterval, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<StoredMessage>?> GetMessagesAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        await projection.FindAsync(runId, caller, cancellationToken) is { } run && await requests.GetAsync(runId, cancellationToken) is { } request
            ? await transcript.ReadAllAsync(runId, request.Messages, run.CreatedAt, cancellationToken)
            : null;

    public async Task<IReadOnlyList<StepView>?> GetHistoryAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        await projection.FindAsync(runId, caller, cancellationToken) is { } run ? await projection.HistoryAsync(run, cancellationToken) : null;

    public async Task<RunPage> ListAsync(RunQuery query, RunCaller caller, CancellationToken cancellationToken)
    {
        IndexCursor start = new(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), "");
        if (query.Cursor is { } text && !IndexCursor.TryParse(text, out start))
            throw new ArgumentException("The cursor is not one that a listing returned.", nameof(query));
        int limit = Math.Clamp(query.Limit, 1, 100);
        DateTimeOffset oldest = time.GetUtcNow().AddDays(-options.Value.RetentionDays - 1);
        if (query.CreatedAfter is { } after && after > oldest)
            oldest = after;
        DateOnly lastDay = DateOnly.FromDateTime(oldest.UtcDateTime);

        List<RunView> runs = [];
        int scanned = 0;
        for (DateOnly day = start.Day; day >= lastDay; day = day.AddDays(-1))
        {
            string? from = day == start.Day && start.After.Length > 0 ? start.After : null;
            await foreach ((IndexEntry entry, IndexedRun indexed) in index.ReadDayAsync(caller.Tenant, day, from, IndexEntry.Inverted(oldest), cancellationToken))
            {
                if ((query.AgentType is null || query.AgentType == indexed.AgentType) && (query.SessionId is null || query.SessionId == indexed.SessionId)
                    && (query.WorkflowId is null || query.WorkflowId == indexed.WorkflowId)
                    && await projection.FindAsync(entry.RunId, caller, cancellationToken) is { } row
                    && await projection.ViewAsync(row, cancellationToken) is var run && (query.Status is null || query.Status == run.Status))
                    runs.Add(run);
                if (++scanned >= MaxScanned || runs.Count >= limit)
                    return new(runs, new IndexCursor(day, entry.Row).ToString());
            }
        }

        return new(runs, null);
    }
}
