using HybridAgents.Durable.Engine.Records;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Engine.Execution;

/// <summary>What a turn decided.</summary>
internal readonly record struct TurnDecisions(IReadOnlyList<OrchestratorAction> Actions, Payload? CustomStatus, TurnOutcome? Outcome);

/// <summary>An orchestrator's code in memory: one generation, fed turn by turn.</summary>
internal sealed class OrchestratorExecution
{
    private readonly TurnSynchronizationContext _turn;
    private readonly EmbeddedOrchestrationContext _context;
    private readonly IOrchestrator _orchestrator;
    private readonly HistoryEvent.ExecutionStarted _start;
    private Task<Payload>? _task;

    /// <param name="onIllegalAwait">Called, on any thread, when the code awaited something that is not a context call.</param>
    public OrchestratorExecution(
        string instanceId, HistoryEvent.ExecutionStarted start, IOrchestrator orchestrator, ILoggerFactory loggers, Action onIllegalAwait)
    {
        _turn = new(onIllegalAwait);
        _context = new(instanceId, start, _turn, loggers);
        _orchestrator = orchestrator;
        _start = start;
    }

    /// <summary>Runs a turn.</summary>
    /// <param name="time">The turn's time.</param>
    /// <param name="events">What came in; the generation's first turn contains its start.</param>
    /// <param name="replaying">Whether the turn is a recorded one.</param>
    public TurnDecisions Run(DateTimeOffset time, IEnumerable<HistoryEvent> events, bool replaying)
    {
        _context.BeginTurn(time, replaying);
        // A cancel comes before what waited with it: all that this turn decides is decided in the knowledge of it.
        foreach (HistoryEvent item in events)
        {
            if (item is HistoryEvent.CancelRequested)
                _turn.Run(() => Take(item));
        }

        foreach (HistoryEvent item in events)
        {
            if (item is not HistoryEvent.CancelRequested)
                _turn.Run(() => Take(item));
        }

        // Code that has not ended and waits for nothing of its context would be woken by nobody after a crash: it must not be recorded as going on.
        TurnOutcome? outcome = _task is { IsCompleted: true } ? Outcome(_task) : _context.CanGoOn ? null : new TurnOutcome.Failed(IllegalAwait(_context.InstanceId, _start.Name, _start.Version));
        return new(_context.EndTurn(), _context.CustomStatus, outcome);
    }

    /// <summary>The failure of code that awaited something that is not a context call.</summary>
    public static TaskFailureDetails IllegalAwait(string instanceId, string name, string version) => TaskFailureDetails.From(new NonDeterminismException(
        $"Instance '{instanceId}' awaited something that is not a call of its context (orchestrator '{name}', version {version})."));

    private void Take(HistoryEvent item)
    {
        if (item is not HistoryEvent.ExecutionStarted)
        {
            _context.Deliver(item);
            return;
        }

        foreach (HistoryEvent.EventRaised carried in _start.Carried)
            _context.Deliver(carried);
        _task = StartAsync();
    }

    /// <summary>An exception before the first await must become the task's, too.</summary>
    private async Task<Payload> StartAsync() => await _orchestrator.RunAsync(_context);

    private TurnOutcome Outcome(Task<Payload> task)
    {
        if (task.IsCanceled)
            return new TurnOutcome.Failed(TaskFailureDetails.From(new TaskCanceledException("The orchestrator ended with a cancelled task.")));
        if (task.Exception?.InnerException is { } exception)
            return new TurnOutcome.Failed(TaskFailureDetails.From(exception));
        if (_context.Next is { } next)
        {
            return _context.WhyNotContinue() is { } problem
                ? new TurnOutcome.Failed(TaskFailureDetails.From(new InvalidOperationException(problem)))
                : next with { Carried = _context.Unread };
        }

        return task.Result.Length <= OrchestrationContext.MaxPayloadBytes
            ? new TurnOutcome.Completed(task.Result)
            : new TurnOutcome.Failed(TaskFailureDetails.From(
                new PayloadTooLargeException($"The result of orchestrator '{_start.Name}'", task.Result.Length, OrchestrationContext.MaxPayloadBytes)));
    }
}
