using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.SubRuns;

/// <summary>Writes and reads sub-runs: runs of their own, listed in the roster of their root.</summary>
internal sealed class SubRunStore(ITableStore tables, RunLog log, Transcript transcript, RunCloser closer, TimeProvider time)
{
    /// <summary>The most sub-runs of one root, all levels together.</summary>
    public const int MaxOfRoot = 200;

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>Writes the sub-runs of a step, ready to be driven; those that are there already stay as they are.</summary>
    /// <param name="parent">The run that hands work over.</param>
    /// <param name="request">Its request; sub-runs inherit from it.</param>
    /// <param name="input">The step.</param>
    /// <param name="work">What is handed over.</param>
    /// <param name="label">The label that they begin with.</param>
    /// <param name="shares">Among how many branches what is left of the limits is divided.</param>
    /// <returns>The sub-runs; null if the root has too many.</returns>
    /// <exception cref="FencedException">The root has ended.</exception>
    public async Task<IReadOnlyList<SubRun>?> OpenAsync(RunRow parent, RunRequest request, ToolInput input, Delegation work, PrivacyLabel label, int shares)
    {
        string rootId = parent.RootId ?? parent.Id;
        string[] ids = [.. work.Branches.Select((_, index) => RunId.Child(parent.Id, SubRunRow.Place(input.Turn, input.Index, index)))];
        if ((await ReadAsync(rootId)).Count(row => !ids.Contains(row.RunId)) + ids.Length > MaxOfRoot)
            return null;
        List<SubRun> opened = [];
        foreach ((string id, Branch branch) in ids.Zip(work.Branches))
        {
            string path = parent.Path is { } above ? $"{above}/{branch.Name}" : branch.Name;
            RunRequest inherited = (Inherit(branch.Request, request, parent.Totals, label, shares) with { Untrusted = request.Untrusted || parent.UntrustedTurn < input.Turn })
                .PaidBy(request.KeyId, request.Accounts, parent.Tenant);
            await EnlistAsync(rootId, id, parent.Id, path, branch);
            IReadOnlyList<TableOperation> chunks = RunRequests.Write(id, inherited);
            foreach (TableOperation chunk in chunks.Skip(1))
                await _table.SubmitAsync([chunk], WriteDurability.Ordered, CancellationToken.None);
            await log.CreateAsync(
                id,
                [TableOperation.Insert(RunRow.NewSubRun(id, inherited, parent, path, input.Deadline, time.GetUtcNow())), chunks[0]],
                new(RunEventTypes.RunCreated, new { agent_type = inherited.Agent.AgentType, parent_run_id = parent.Id, path }),
                CancellationToken.None);
            opened.Add(new(id, inherited.Agent.MaxTurns, work.TimeoutSeconds, inherited.Workflow is not null, Openings.IsNeededBy(inherited)));
        }

        return opened;
    }

    /// <summary>Notes in the root's roster and log that a sub-run has ended; ends it first if its orchestrator did not.</summary>
    /// <param name="runId">The sub-run.</param>
    /// <param name="unstarted">Whether it never began, since its run is being cancelled.</param>
    public async Task CloseAsync(string runId, bool unstarted)
    {
        if (await FindAsync(runId) is not { RootId: { } rootId } run)
            return;
        if (unstarted && await closer.CancelAsync(run, reason: null) == AppendOutcome.Written && await FindAsync(runId) is { } cancelled)
            run = cancelled;
        if (await closer.CloseIfAbandonedAsync(run, CancellationToken.None) && await FindAsync(runId) is { } closed)
            run = closed;
        if (!run.BaseStatus.IsTerminal() || await _table.GetAsync(rootId, SubRunRow.Key(runId), CancellationToken.None) is not { } row || new SubRunRow(row) is not { End: null } entry)
            return;
        await log.AppendAsync(
            rootId,
            _ => new(
                [new(RunEventTypes.AgentCompleted, new
                {
                    sub_run_id = runId,
                    path = entry.Path,
                    agent = entry.Name,
                    status = run.BaseStatus,
                    error = run.Error,
                    usage = new { run.Totals.PromptTokens, run.Totals.CompletionTokens, run.Totals.TotalTokens },
                })],
                [TableOperation.Merge(entry.Ended(run.BaseStatus, time.GetUtcNow()), entry.ETag)]),
            WriteDurability.Ordered);
    }

    /// <summary>The runs of those sub-runs, if all have ended; null if one goes on.</summary>
    public async Task<IReadOnlyList<RunRow>?> EndedAsync(IEnumerable<SubRun> subRuns)
    {
        List<RunRow> ended = [];
        foreach (SubRun subRun in subRuns)
        {
            if (await FindAsync(subRun.RunId) is not { } run || !run.BaseStatus.IsTerminal())
                return null;
            ended.Add(run);
        }

        return ended;
    }

    /// <summary>What an ended sub-run has to say.</summary>
    public async Task<BranchEnd> EndOfAsync(RunRow run) => run.BaseStatus == RunStatus.Completed
        ? new((await transcript.GetAnswerAsync(run.Id, run.Turn, CancellationToken.None))?.Content ?? "", null)
        : new(null, run.Error is { } error ? $"This branch failed ({error.Code}): {error.Message}" : "This branch was cancelled.");

    /// <summary>All sub-runs below a root, in the order of their starts.</summary>
    public async Task<IReadOnlyList<SubRunRow>> ReadAsync(string rootId)
    {
        List<SubRunRow> rows = [];
        await foreach (TableRow row in _table.QueryAsync(rootId, RowRange.Prefix(SubRunRow.Prefix), CancellationToken.None))
            rows.Add(new(row));
        return [.. rows.OrderBy(row => row.StartedAt)];
    }

    /// <summary>The sub-runs below a run, itself a root or a sub-run.</summary>
    public async Task<IReadOnlyList<SubRunRow>> BelowAsync(RunRow run)
    {
        if (!run.HasSubRuns)
            return [];
        IReadOnlyList<SubRunRow> all = await ReadAsync(run.RootId ?? run.Id);
        if (run.RootId is null)
            return all;
        HashSet<string> above = [run.Id];
        return [.. all.Where(row => above.Contains(row.ParentId) && above.Add(row.RunId))];
    }

    public async Task<RunRow?> FindAsync(string runId) => await _table.GetAsync(runId, RunKeys.Run, CancellationToken.None) is { } row ? new(row) : null;

    private async Task EnlistAsync(string rootId, string runId, string parentId, string path, Branch branch)
    {
        AppendResult result = await log.AppendAsync(
            rootId,
            _ => new(
                [new(RunEventTypes.AgentStarted, new { sub_run_id = runId, parent_run_id = parentId, path, agent = branch.Name, agent_type = branch.Request.Agent.AgentType })],
                [
                    TableOperation.Insert(SubRunRow.New(rootId, runId, parentId, path, branch, time.GetUtcNow())),
                    TableOperation.Merge(RunRow.Patch(rootId).Set(RunRow.HasSubRunsName, true), etag: null),
                ]),
            WriteDurability.Ordered);
        if (result.Outcome == AppendOutcome.Closed)
            throw new FencedException();
    }

    /// <summary>A sub-run has its parent's label, consents, approvals, role and a share of what is left of its limits; its deadline is the parent's.</summary>
    private static RunRequest Inherit(RunRequest branch, RunRequest parent, RunTotals used, PrivacyLabel label, int shares) => branch with
    {
        Agent = branch.Agent.Model == "auto" ? branch.Agent with { Model = parent.Agent.Model } : branch.Agent,
        Metadata = parent.Metadata,
        Routing = parent.Routing with { PrivacyLevel = label.RaisedTo(branch.Agent.PrivacyLevel) },
        Limits = parent.Limits with
        {
            MaxCostUsd = parent.Limits.MaxCostUsd is { } cost ? Math.Max(0, cost - used.CostUsd) / shares : null,
            MaxTotalTokens = parent.Limits.MaxTotalTokens is { } tokens ? (int)Math.Max(1, (tokens - used.TotalTokens) / shares) : null,
        },
        Approval = parent.Approval,
        Role = parent.Role,
    };
}

/// <summary>A sub-run that is ready to be driven.</summary>
/// <param name="RunId">Its run, and its instance.</param>
/// <param name="MaxTurns">Its most turns.</param>
/// <param name="TimeoutSeconds">How long it may take; null for as long as its parent may.</param>
/// <param name="Workflow">Whether it is a workflow's run.</param>
/// <param name="Prepare">Whether something is looked up before its first turn.</param>
internal sealed record SubRun(string RunId, int MaxTurns, int? TimeoutSeconds = null, bool Workflow = false, bool Prepare = false);
