using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Shows that a run can go on only after an answer from outside, and what is asked; once for the same question, however often it is executed.</summary>
internal sealed class ParkRun(ITableStore tables, Questions questions) : Activity<ParkInput, AgentRunOutput>
{
    /// <summary>What the run is then doing.</summary>
    public const string Activity = "waiting";

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public override async Task<AgentRunOutput> RunAsync(ActivityContext context, ParkInput input)
    {
        if (await _table.GetAsync(input.RunId, RunKeys.Run, CancellationToken.None) is not { } row || new RunRow(row) is not { } run
            || await questions.AskedAsync(run) is not { } asked)
            return new("answered");
        await questions.ShowAsync(run, asked, RunRow.Patch(input.RunId).Set(RunRow.StatusName, nameof(RunStatus.RequiresAction)).Set(RunRow.ActivityName, Activity));
        await questions.ShowOnRootAsync(input.RunId);
        return new("parked");
    }
}
