using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Shows that a run can go on only after an answer from outside, and what is asked; once for the same question, however often it is executed.</summary>
internal sealed class ParkRun(ITableStore tables, RunLog log, RunProjection projection) : Activity<ParkInput, AgentRunOutput>
{
    /// <summary>What the run is then doing.</summary>
    public const string Activity = "waiting";

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public override async Task<AgentRunOutput> RunAsync(ActivityContext context, ParkInput input)
    {
        if (await _table.GetAsync(input.RunId, RunKeys.Run, CancellationToken.None) is not { } row || new RunRow(row) is not { } run
            || await projection.RequiredActionAsync(run, CancellationToken.None) is not { } action)
            return new("answered");
        string question = string.Join(' ', action.Calls.Select(call => call.CallId).Prepend(action.Type));
        if (run.Question == question)
            return new("parked");
        TableRow patch = RunRow.Patch(input.RunId)
            .Set(RunRow.StatusName, nameof(RunStatus.RequiresAction)).Set(RunRow.ActivityName, Activity).Set(RunRow.QuestionName, question);
        await log.AppendAsync(
            input.RunId,
            _ => new([new(RunEventTypes.ActionRequired, new { turn = input.Turn, required_action = action })], [TableOperation.Merge(patch, etag: null)]),
            WriteDurability.Ordered);
        return new("parked");
    }
}
