using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.AgentRun;

namespace HybridAgents.Orchestrations.ModelJobs;

/// <summary>Stored names of the orchestrators and their activities.</summary>
internal static class ModelJobNames
{
    public const string Version = "1";
    public const string Pull = "ModelPull";
    public const string PullSlice = "PullModel";
    public const string Benchmark = "ModelBenchmark";
    public const string BenchmarkSlice = "BenchmarkModel";

    public static string OrchestratorOf(ModelJobKind kind) => kind == ModelJobKind.Pull ? Pull : Benchmark;
}

/// <summary>Input of the orchestrators: a reference and what a generation hands to the next.</summary>
/// <param name="RunId">The job's run.</param>
/// <param name="Deadline">When it times out, UTC.</param>
/// <param name="Slice">The slice that this generation begins with.</param>
/// <param name="Execution">Tells this execution from any other of the same run; null in the first generation.</param>
/// <param name="Failures">Slices in a row that failed and may succeed later.</param>
internal sealed record ModelJobInput(string RunId, DateTimeOffset Deadline, int Slice = 0, string? Execution = null, int Failures = 0);

/// <summary>Input of a slice.</summary>
internal sealed record SliceInput(string RunId, string Execution, int Slice, DateTimeOffset Deadline, int Failures, IReadOnlyList<BenchmarkRound> Rounds);

/// <summary>Result of a slice.</summary>
/// <param name="State"><see cref="StepState.Resting"/> when there is more to do.</param>
/// <param name="Error">Why the job failed.</param>
/// <param name="Failed">With <see cref="StepState.Resting"/>: whether the slice failed, so that the next one waits a little.</param>
/// <param name="Round">What a benchmark has measured.</param>
internal sealed record SliceResult(StepState State, RunError? Error = null, bool Failed = false, BenchmarkRound? Round = null);

/// <summary>One measured call.</summary>
/// <param name="FirstTokenMs">From the request to the first text.</param>
/// <param name="TotalMs">From the request to the end.</param>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
internal sealed record BenchmarkRound(double FirstTokenMs, double TotalMs, int PromptTokens, int CompletionTokens)
{
    /// <summary>Gets completion tokens a second after the first.</summary>
    public double TokensPerSecond => TotalMs > FirstTokenMs ? Math.Round(CompletionTokens * 1000 / (TotalMs - FirstTokenMs), 2) : 0;
}
