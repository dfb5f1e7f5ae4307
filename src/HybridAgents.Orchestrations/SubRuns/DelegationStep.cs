using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.SubRuns;

/// <summary>What came of work that was handed over.</summary>
/// <param name="Output">What the run is told, with the highest label of the sub-runs.</param>
/// <param name="Usage">Adds what they used to the run's totals, and that they have read text of strangers.</param>
internal sealed record Collected(ToolOutput Output, TableOperation Usage);

/// <summary>The two halves of a step that hands work to sub-runs.</summary>
internal sealed class DelegationStep(SubRunStore store, RunRequests requests, Transcript transcript, ToolCallReader calls)
{
    /// <summary>Writes the sub-runs; null if the root has too many.</summary>
    public async Task<IReadOnlyList<SubRun>?> OpenAsync(Delegation work, RunRow run, RunRequest request, ToolInput input) =>
        await store.OpenAsync(run, request, input, work, input.Label, await SharesAsync(work, run, request, input));

    /// <summary>What the sub-runs came to; null while one goes on.</summary>
    public async Task<Collected?> CollectAsync(Delegation work, IReadOnlyList<SubRun> subRuns, RunRow run, ToolInput input)
    {
        if (await store.EndedAsync(subRuns) is not { } ended)
            return null;
        List<BranchEnd> ends = [];
        PrivacyLabel label = input.Label;
        RunTotals totals = run.Totals;
        foreach (RunRow branch in ended)
        {
            ends.Add(await store.EndOfAsync(branch));
            label = label.RaisedTo(branch.Label);
            totals = totals.Plus(branch.Totals);
            requests.Forget(branch.Id);
        }

        TableRow patch = totals.WriteTo(RunRow.Patch(run.Id));
        if (run.UntrustedTurn is null && ended.Any(static branch => branch.UntrustedTurn is not null))
            patch.Set(RunRow.UntrustedTurnName, input.Turn);
        return new(work.Combine(ends) with { Label = label }, TableOperation.Merge(patch, etag: null));
    }

    /// <summary>Among how many branches the turn divides what is left of the limits.</summary>
    private async Task<int> SharesAsync(Delegation work, RunRow run, RunRequest request, ToolInput input)
    {
        if (request.Limits is { MaxCostUsd: null, MaxTotalTokens: null })
            return 1;
        int shares = 0;
        foreach (ToolCall call in (await transcript.GetAnswerAsync(input.RunId, input.Turn, CancellationToken.None))?.ToolCalls ?? [])
            shares += (await calls.ReadAsync(call, request, run, CancellationToken.None)).Work?.Branches.Count ?? 0;
        return Math.Max(work.Branches.Count, shares);
    }
}
