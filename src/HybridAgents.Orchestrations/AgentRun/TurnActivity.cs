using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>A step that decides a turn. It is taken once: one that has its receipt gives that again, and one whose run is closed, cancelled or another execution's is left alone.</summary>
internal abstract class TurnActivity(ITableStore tables, RunLog log, RunRequests requests) : Activity<TurnInput, TurnResult>
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>What runs were started with.</summary>
    protected RunRequests Requests { get; } = requests;

    /// <inheritdoc/>
    public sealed override async Task<TurnResult> RunAsync(ActivityContext context, TurnInput input)
    {
        try
        {
            TurnResult result = await OpenAsync(context, input);
            if (result.Closed)
                Requests.Forget(input.RunId);
            return result;
        }
        catch (FencedException)
        {
            return new(StepState.Lost, input.Label);
        }
    }

    /// <summary>Carries the step out and writes its receipt.</summary>
    protected abstract Task<TurnResult> TakeAsync(ActivityContext context, TurnInput input, OpenTurn turn);

    /// <summary>Does again what an earlier execution may have left undone after it wrote the receipt.</summary>
    protected virtual Task RepeatAsync(RunRow run, RunRequest request, StepRow step) => Task.CompletedTask;

    private async Task<TurnResult> OpenAsync(ActivityContext context, TurnInput input)
    {
        StepRow? existing = await _table.GetAsync(input.RunId, RunKeys.ModelStep(input.Turn), CancellationToken.None) is { } row ? new(row) : null;
        if (existing?.Receipt<TurnResult>() is { } receipt)
        {
            if (await FindAsync(input.RunId) is { } ended)
                await RepeatAsync(ended.Run, ended.Request, existing);
            return receipt;
        }

        RunHead head = await log.GetHeadAsync(input.RunId, CancellationToken.None);
        if (head.Closed)
            return new(StepState.Lost, input.Label);
        if (head.Cancelling)
            return new(StepState.Cancelled, input.Label);
        if (await FindAsync(input.RunId) is not var (run, request) || (run.BaseStatus != RunStatus.Queued && run.Execution != input.Execution))
            return new(StepState.Lost, input.Label);
        using StepExecution step = new(log, input.RunId, RunKeys.ModelStep(input.Turn), existing);
        return await TakeAsync(context, input, new(step, existing, run, request));
    }

    private async ValueTask<(RunRow Run, RunRequest Request)?> FindAsync(string runId) =>
        await _table.GetAsync(runId, RunKeys.Run, CancellationToken.None) is { } run && await Requests.GetAsync(runId, CancellationToken.None) is { } request ? (new(run), request) : null;

    /// <summary>A turn that may be taken.</summary>
    /// <param name="Step">Writes what comes of it.</param>
    /// <param name="Existing">The step's row, if an earlier attempt has left one.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Request">What it was started with.</param>
    protected sealed record OpenTurn(StepExecution Step, StepRow? Existing, RunRow Run, RunRequest Request);
}
