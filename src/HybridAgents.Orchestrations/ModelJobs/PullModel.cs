using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.ModelJobs;

/// <summary>Fetches a model for a while: the provider keeps what has come, and the next slice goes on with it.</summary>
internal sealed class PullModel(JobRows rows, ProviderRegistry registry, IModelLists lists, TimeProvider time) : ModelJobSlice(rows, "pulling_model", time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly JobRows _rows = rows;
    private readonly TimeProvider _time = time;

    protected override async Task<SliceResult> WorkAsync(RunRow run, RunRequest request, ModelJob job, SliceInput input, CancellationToken stop)
    {
        if (!registry.TryFind(job.Model.Provider, out ModelProvider? provider) || provider.Source is not IModelLibrary library)
            return new(StepState.Failed, new(RunErrorCodes.ProviderError, $"There is no provider '{job.Model.Provider}' that fetches models."));
        string? told = null;
        long toldAt = 0;
        await foreach (PullProgress progress in library.PullAsync(job.Model.Model, stop))
        {
            string stage = $"{progress.Status} {progress.Digest}";
            if (stage == told && _time.GetElapsedTime(toldAt) < Interval)
                continue;
            (told, toldAt) = (stage, _time.GetTimestamp());
            await _rows.TellAsync(run.Id, new
            {
                status = progress.Status,
                digest = progress.Digest,
                completed_bytes = progress.Completed,
                total_bytes = progress.Total,
                percent = progress is { Completed: { } completed, Total: > 0 } ? Math.Round(100.0 * completed / progress.Total.Value, 1) : (double?)null,
            });
        }

        lists.Forget(provider.Name);
        await _rows.AnswerAsync(run.Id, $"{job.Model} is there.");
        return new(StepState.Done);
    }
}
