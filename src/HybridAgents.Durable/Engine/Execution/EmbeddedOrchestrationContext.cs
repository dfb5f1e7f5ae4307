using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using HybridAgents.Durable.Engine.Records;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Durable.Engine.Execution;

/// <summary>The context of one generation on the embedded engine: turns calls into decisions and completes their tasks.</summary>
internal sealed class EmbeddedOrchestrationContext(
    string instanceId, HistoryEvent.ExecutionStarted start, TurnSynchronizationContext turn, ILoggerFactory loggers) : OrchestrationContext
{
    private readonly EventInbox _events = new();
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly TaskCompletionSource<CancelRequest> _cancel = new();
    private List<OrchestratorAction> _actions = [];
    private DateTimeOffset _now;
    private int _lastTaskId;
    private int _guids;
    private bool _replaying;
    private bool _watchesCancel;

    public override string InstanceId => instanceId;

    public override string? ParentInstanceId => start.ParentId;

    public override string Version => start.Version;

    public override bool IsReplaying => _replaying;

    public override DateTimeOffset CurrentUtcDateTime => _now;

    public override Task<CancelRequest> CancelRequested
    {
        get
        {
            _watchesCancel = true;
            return _cancel.Task;
        }
    }

    public override string? TraceParent => start.TraceParent;

    /// <summary>Gets the custom status that this turn set.</summary>
    public Payload? CustomStatus { get; private set; }

    /// <summary>Gets the wish for another generation.</summary>
    public TurnOutcome.ContinuedAsNew? Next { get; private set; }

    /// <summary>Gets the events that nobody has read.</summary>
    public IReadOnlyList<HistoryEvent.EventRaised> Unread => [.. UnreadAnswers.Select(answer => new HistoryEvent.EventRaised(answer.Name, answer.Value)), .. _events.Unread];

    /// <summary>Gets whether anything can come that the code may be waiting for.</summary>
    public bool CanGoOn => _open.Count > 0 || _events.HasWaiter || _watchesCancel;

    protected override Payload Input => start.Input;

    protected override ILoggerFactory LoggerFactory => loggers;

    private string? Outstanding => _open.Values.FirstOrDefault(task => task.What is not null)?.What ?? (_events.HasWaiter ? "an event waiter" : null);

    /// <summary>Begins a turn.</summary>
    public void BeginTurn(DateTimeOffset time, bool replaying)
    {
        _now = time;
        _replaying = replaying;
        _actions = [];
        CustomStatus = null;
    }

    /// <summary>Ends a turn and hands over its decisions.</summary>
    public List<OrchestratorAction> EndTurn() => _actions;

    /// <summary>Completes what <paramref name="item"/> answers. An answer to a task that is no longer open is dropped.</summary>
    public void Deliver(HistoryEvent item)
    {
        switch (item)
        {
            case HistoryEvent.TaskCompleted completed when _open.Remove(completed.TaskId, out OpenTask? task):
                task.Source.SetResult(completed.Result);
                break;
            case HistoryEvent.TaskFailed failed when _open.Remove(failed.TaskId, out OpenTask? task):
                task.Source.SetException(new TaskFailedException(task.Name, failed.Failure));
                break;
            case HistoryEvent.TimerFired fired when _open.Remove(fired.TaskId, out OpenTask? task):
                task.Source.SetResult(default);
                break;
            case HistoryEvent.EventRaised raised:
                _events.Deliver(raised);
                break;
            case HistoryEvent.CancelRequested cancel:
                _cancel.TrySetResult(new(cancel.Reason, _now));
                break;
        }
    }

    /// <summary>Why the next generation cannot begin, or null.</summary>
    public string? WhyNotContinue() => Outstanding is { } what ? $"ContinueAsNew was called while {what} was outstanding." : null;

    public override Guid NewGuid()
    {
        EnsureInTurn();
        Span<byte> source = stackalloc byte[Encoding.UTF8.GetMaxByteCount(instanceId.Length) + 8];
        int length = Encoding.UTF8.GetBytes(instanceId, source);
        BinaryPrimitives.WriteInt32LittleEndian(source[length..], start.Generation);
        BinaryPrimitives.WriteInt32LittleEndian(source[(length + 4)..], _guids++);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(source[..(length + 8)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80); // RFC 9562 version 8: made by a rule of our own
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new(hash[..16], bigEndian: true);
    }

    public override Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int id = Decide(taskId => new OrchestratorAction.CreateTimer(taskId, fireAt.ToUniversalTime()));
        OpenTask task = Open(id, "timer", what: null);
        if (cancellationToken.CanBeCanceled)
            cancellationToken.Register(() => CancelTimer(id, cancellationToken));
        return task.Source.Task;
    }

    public override void ContinueAsNew(object? input, string? newVersion = null)
    {
        EnsureInTurn();
        Next = new(Bounded("The input of the next generation", Payload.From(input)), newVersion ?? start.Version, []);
    }

    protected override Task<Payload> ScheduleActivityAsync(string name, ActivityEnvelope envelope) => Open(
        Decide(id => new OrchestratorAction.ScheduleActivity(id, name, envelope.Key, envelope.Attempt, envelope.Payload)), name, $"activity '{name}'").Source.Task;

    protected override Task<Payload> ScheduleSubOrchestrationAsync(string name, string? version, string childId, Payload input) => Open(
        Decide(id => new OrchestratorAction.StartChild(id, name, version, childId, input)), name, $"sub-orchestration '{childId}'").Source.Task;

    protected override Task<Payload> SubscribeToEvent(string name)
    {
        EnsureInTurn();
        return _events.Subscribe(name);
    }

    protected override void StoreCustomStatus(Payload value)
    {
        EnsureInTurn();
        CustomStatus = value;
    }

    private void CancelTimer(int id, CancellationToken cancellationToken)
    {
        EnsureInTurn();
        if (!_open.Remove(id, out OpenTask? task))
            return;
        _actions.Add(new OrchestratorAction.CancelTimer(id));
        task.Source.SetCanceled(cancellationToken);
    }

    private int Decide(Func<int, OrchestratorAction> create)
    {
        EnsureInTurn();
        _actions.Add(create(++_lastTaskId));
        return _lastTaskId;
    }

    private OpenTask Open(int id, string name, string? what) => _open[id] = new(name, what);

    private void EnsureInTurn()
    {
        if (!turn.IsInTurn)
            throw new NonDeterminismException(
                $"Instance '{instanceId}' used its context outside a turn: an orchestrator must await context calls only, without ConfigureAwait(false).");
    }

    /// <param name="Name">Named in a failure.</param>
    /// <param name="What">Named when it stands in the way of another generation; null for timers, which do not.</param>
    private sealed record OpenTask(string Name, string? What)
    {
        public TaskCompletionSource<Payload> Source { get; } = new();
    }
}
