using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.ModelJobs;

/// <summary>One slice of a job: claims the run, works for at most 50 s, and says whether there is more to do.</summary>
internal abstract class ModelJobSlice(JobRows rows, string activity, TimeProvider time) : Activity<SliceInput, SliceResult>
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);

    /// <summary>Slices in a row that may fail.</summary>
    private const int MaxFailures = 5;

    public override async Task<SliceResult> RunAsync(ActivityContext context, SliceInput input)
    {
        (StepState state, RunRow? run, RunRequest? request) = await rows.OpenAsync(input, activity);
        if (run is null || request is null)
            return new(state);
        TimeSpan left = input.Deadline - time.GetUtcNow();
        using CancellationTokenSource limit = new(left < Limit ? left : Limit, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.CancellationToken);
        try
        {
            return await WorkAsync(run, request, request.Job!, input, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && context.Cancellation != ActivityCancellation.HostStopping)
        {
            return new(context.CancellationToken.IsCancellationRequested ? StepState.Cancelled : StepState.Resting);
        }
        catch (ProviderException failure)
        {
            return failure.IsTransient && input.Failures < MaxFailures ? new(StepState.Resting, Failed: true) : new(StepState.Failed, ModelFailure.Explain(failure, []));
        }
    }

    /// <summary>Works on the job. Whatever has been done need not be done again by the next slice.</summary>
    protected abstract Task<SliceResult> WorkAsync(RunRow run, RunRequest request, ModelJob job, SliceInput input, CancellationToken stop);
}
