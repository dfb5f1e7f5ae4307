using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.ModelJobs;

/// <summary>A job's run, as its slices read and write it.</summary>
internal sealed class JobRows(ITableStore tables, RunLog log, RunRequests requests, TimeProvider time)
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>Makes sure that the execution may work on the job; the first one claims it.</summary>
    /// <param name="input">The slice.</param>
    /// <param name="activity">What the run is then shown to do.</param>
    /// <returns>The job with its run and request, or why there is nothing to do.</returns>
    public async Task<(StepState State, RunRow? Run, RunRequest? Request)> OpenAsync(SliceInput input, string activity)
    {
        RunHead head = await log.GetHeadAsync(input.RunId, CancellationToken.None);
        if (head.Closed)
            return (StepState.Lost, null, null);
        if (head.Cancelling)
            return (StepState.Cancelled, null, null);
        if (input.Deadline <= time.GetUtcNow())
            return (StepState.TimedOut, null, null);
        if (await _table.GetAsync(input.RunId, RunKeys.Run, CancellationToken.None) is not { } row || await requests.GetAsync(input.RunId, CancellationToken.None) is not { Job: { } job } request)
            return (StepState.Lost, null, null);
        RunRow run = new(row);
        if (run.BaseStatus != RunStatus.Queued)
            return run.Execution == input.Execution ? (StepState.Resting, run, request) : (StepState.Lost, null, null);

        TableRow claim = RunRow.Patch(input.RunId)
            .Set(RunRow.StatusName, nameof(RunStatus.InProgress))
            .Set(RunRow.ExecutionName, input.Execution)
            .Set(RunRow.StartedName, time.GetUtcNow())
            .Set(RunRow.TurnName, 1)
            .Set(RunRow.ActivityName, activity)
            .Set(RunRow.ProviderName, job.Model.Provider)
            .Set(RunRow.ModelName, job.Model.Model);
        AppendResult claimed = await log.AppendAsync(
            input.RunId,
            _ => new([new(RunEventTypes.RunStarted, new { agent_type = run.AgentType })], [TableOperation.Merge(claim, row.ETag)]),
            WriteDurability.Durable);
        return claimed.Outcome == AppendOutcome.Written ? (StepState.Resting, run, request) : (StepState.Lost, null, null);
    }

    /// <summary>Tells how far the job is.</summary>
    public Task TellAsync(string runId, object progress, TableRow? patch = null) => log.AppendAsync(
        runId,
        _ => new([new(RunEventTypes.JobProgress, progress)], patch is null ? [] : [TableOperation.Merge(patch, etag: null)]),
        WriteDurability.Ordered);

    /// <summary>Writes what the job has come to, as the run's answer.</summary>
    public Task AnswerAsync(string runId, string text) => log.AppendAsync(
        runId,
        _ => new([], [Transcript.Write(runId, RunKeys.AssistantMessage(1), Message.Assistant(text), RunKeys.MessageId(runId, 1), time.GetUtcNow())]),
        WriteDurability.Ordered);
}
