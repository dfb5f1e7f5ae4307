using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;

namespace HybridAgents.Orchestrations.ModelJobs;

/// <summary>Fetches a model.</summary>
internal sealed class ModelPull() : ModelJobOrchestrator(ModelJobNames.PullSlice);

/// <summary>Measures a model.</summary>
internal sealed class ModelBenchmark() : ModelJobOrchestrator(ModelJobNames.BenchmarkSlice);

/// <summary>A job in slices of at most a minute, each an activity, until one says that all is done. A slice that failed is followed by another after a growing rest.</summary>
internal abstract class ModelJobOrchestrator(string activity) : Orchestrator<ModelJobInput, AgentRunOutput>
{
    private const int MaxSlices = 20;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(2);
    private static readonly RetryPolicy FinalizeRetry = new(10, TimeSpan.FromSeconds(1), 2, TimeSpan.FromMinutes(1));

    public override async Task<AgentRunOutput> RunAsync(OrchestrationContext context, ModelJobInput input)
    {
        using RunClock clock = new(context, input.Deadline);
        string execution = input.Execution ?? context.NewGuid().ToString("N");
        List<BenchmarkRound> rounds = [];
        int failures = input.Failures;
        for (int slice = input.Slice; ; slice++)
        {
            // Benchmarks are short, and hand over what they have measured: only pulls need a second generation.
            if (slice - input.Slice >= MaxSlices && rounds.Count == 0)
            {
                context.ContinueAsNew(input with { Slice = slice, Execution = execution, Failures = failures });
                return AgentRunOutput.Continued;
            }

            SliceResult? result = clock.IsOver ? null : await RunSliceAsync(context, clock, new(input.RunId, execution, slice, input.Deadline, failures, rounds));
            switch (result?.State)
            {
                case StepState.Resting:
                    break;
                case StepState.Lost:
                    return AgentRunOutput.Lost;
                case StepState.Done:
                    return await FinalizeAsync(context, new(input.RunId, RunStatus.Completed, 1, "stop"));
                case StepState.Failed:
                    return await FinalizeAsync(context, new(input.RunId, RunStatus.Failed, 1, Error: result.Error));
                default:
                    return await FinalizeAsync(context, Stopped(context, clock, input.RunId));
            }

            failures = result.Failed ? failures + 1 : 0;
            if (result.Round is { } round)
                rounds.Add(round);
            if (result.Failed)
                await RestAsync(context, clock, FirstRest * Math.Pow(2, failures - 1));
        }
    }

    /// <summary>One slice; null when the job must stop.</summary>
    private async Task<SliceResult?> RunSliceAsync(OrchestrationContext context, RunClock clock, SliceInput slice)
    {
        Task<SliceResult> call = context.CallActivityAsync<SliceResult>(activity, slice, new($"{slice.Slice}/job/0"));
        if (await Task.WhenAny(call, clock.Over) != call)
        {
            await Task.WhenAny(call, context.CreateTimer(Grace));
            return null;
        }

        try
        {
            return await call;
        }
        catch (TaskFailedException failure)
        {
            return new(StepState.Failed, new(RunErrorCodes.SystemError, $"The step '{failure.TaskName}' failed unexpectedly."));
        }
    }

    private static async Task RestAsync(OrchestrationContext context, RunClock clock, TimeSpan rest)
    {
        using CancellationTokenSource taken = new();
        await Task.WhenAny(context.CreateTimer(rest, taken.Token), clock.Over);
        TakeBack(taken);
    }

    /// <summary>On this thread: cancelling asynchronously would run the callback outside the turn.</summary>
    private static void TakeBack(CancellationTokenSource timer) => timer.Cancel();

    private static FinalizeInput Stopped(OrchestrationContext context, RunClock clock, string runId) => context.CancelRequested.IsCompleted || !clock.HasTimedOut
        ? new(runId, RunStatus.Cancelled, 1, Reason: context.CancelRequested is { IsCompleted: true } cancel ? cancel.Result.Reason : null)
        : new(runId, RunStatus.Failed, 1, Error: new(RunErrorCodes.RunTimeout, "The job took longer than it may."));

    private static async Task<AgentRunOutput> FinalizeAsync(OrchestrationContext context, FinalizeInput end)
    {
        await context.CallActivityAsync(AgentRunNames.FinalizeRun, end, new("end/finalize/0", FinalizeRetry));
        return new(end.Status.ToString().ToLowerInvariant());
    }
}
