using System.Runtime.CompilerServices;
using System.Threading.Channels;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Tests.Support;

/// <summary>Runs that come out as the test says, for outcomes that the real ones give only by chance or after long.</summary>
internal sealed class ScriptedRuns : IAgentRuns
{
    public RunView? View { get; set; } = Views.Running();

    public RunStartOutcome StartOutcome { get; set; }

    public BudgetAccount? Exhausted { get; set; }

    public CancelResult? CancelOutcome { get; set; }

    public PurgeResult PurgeOutcome { get; set; }

    public AnswerResult AnswerOutcome { get; set; }

    public bool? Changed { get; set; } = true;

    public Exception? Failure { get; set; }

    public Channel<RunEvent> Events { get; } = Channel.CreateUnbounded<RunEvent>();

    public TaskCompletionSource WatchEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunRequest? Request { get; private set; }

    public RunCaller? Caller { get; private set; }

    public IdempotencyToken? Idempotency { get; private set; }

    public RunQuery? Query { get; private set; }

    public long? StartingAfter { get; private set; }

    public TimeSpan? Wait { get; private set; }

    public (string? Reason, bool Force)? Cancel { get; private set; }

    public List<RunAnswer> Answers { get; } = [];

    public Task<RunStart> StartAsync(RunRequest request, RunCaller caller, IdempotencyToken? idempotency, CancellationToken cancellationToken)
    {
        (Request, Caller, Idempotency) = (request, caller, idempotency);
        if (Failure is not null)
            throw Failure;
        return Task.FromResult(new RunStart(StartOutcome, StartOutcome is RunStartOutcome.Started or RunStartOutcome.Replayed ? Views.Running(RunStatus.Queued) : null, Exhausted));
    }

    public RunSource Source { get; set; } = new(RunSourceOutcome.NoRun);

    public int? ThroughTurn { get; private set; }

    public Task<RunSource> GetSourceAsync(string runId, RunCaller caller, int? throughTurn, CancellationToken cancellationToken)
    {
        ThroughTurn = throughTurn;
        return Task.FromResult(Source);
    }

    public Task<RunView?> GetAsync(string runId, RunCaller caller, CancellationToken cancellationToken) => Task.FromResult(View);

    public async Task<RunView?> WaitAsync(string runId, RunCaller caller, TimeSpan wait, CancellationToken cancellationToken)
    {
        Wait = wait;
        Waiting.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return View;
    }

    public Task<RunPage> ListAsync(RunQuery query, RunCaller caller, CancellationToken cancellationToken)
    {
        Query = query;
        return Task.FromResult(new RunPage([Views.Running()], "next"));
    }

    public Task<CancelResult?> CancelAsync(string runId, RunCaller caller, string? reason, bool force, CancellationToken cancellationToken)
    {
        Cancel = (reason, force);
        return Task.FromResult(CancelOutcome);
    }

    public async IAsyncEnumerable<RunEvent> WatchAsync(
        string runId, RunCaller caller, long startingAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StartingAfter = startingAfter;
        try
        {
            await foreach (RunEvent item in Events.Reader.ReadAllAsync(cancellationToken))
                yield return item;
        }
        finally
        {
            WatchEnded.TrySetResult();
        }
    }

    public Task<IReadOnlyList<StoredMessage>?> GetMessagesAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredMessage>?>(View is null ? null : Views.Transcript);

    public Task<IReadOnlyList<StepView>?> GetHistoryAsync(string runId, RunCaller caller, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StepView>?>(View is null ? null : [new("1/model/0", "model", "offline:demo", 1, Views.Time, null, "running")]);

    public Task<PurgeResult> PurgeAsync(string runId, RunCaller caller, CancellationToken cancellationToken) => Task.FromResult(PurgeOutcome);

    public Task<AnswerResult> AnswerAsync(string runId, RunCaller caller, RunAnswer answer, CancellationToken cancellationToken)
    {
        Answers.Add(answer);
        return Task.FromResult(AnswerOutcome);
    }

    public Task<bool?> SuspendAsync(string runId, RunCaller caller, CancellationToken cancellationToken) => Task.FromResult(Changed);

    public Task<bool?> ResumeAsync(string runId, RunCaller caller, CancellationToken cancellationToken) => Task.FromResult(Changed);
}
