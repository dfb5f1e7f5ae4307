using HybridAgents.Durable;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using SubOrchestrationOptions = Microsoft.DurableTask.SubOrchestrationOptions;
using TaskFailedException = HybridAgents.Durable.TaskFailedException;

namespace HybridAgents.Functions.Durable;

/// <summary>The model's context over that of Durable Task.</summary>
internal sealed class DurableTaskOrchestrationContext : OrchestrationContext
{
    /// <summary>The reserved event that carries a <see cref="CancelRequest"/>.</summary>
    public const string CancelEvent = "$cancel";

    /// <summary>The longest timer that every storage provider takes; a longer wait is several timers.</summary>
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(6);

    private readonly TaskOrchestrationContext _inner;
    private readonly OrchestrationEnvelope _envelope;
    private readonly ILoggerFactory _loggers;
    private readonly TaskCompletionSource<CancelRequest> _cancel = new();
    private readonly List<string> _outstanding = [];
    private readonly List<Task> _starting = [];
    private readonly List<UnreadEvent> _unread;

    public DurableTaskOrchestrationContext(TaskOrchestrationContext inner, string version, OrchestrationEnvelope envelope, ILoggerFactory loggers)
    {
        (_inner, Version, _envelope, _loggers) = (inner, version, envelope, loggers);
        _unread = [.. envelope.Unread ?? []];
        if (envelope.Cancel is { } request)
            _cancel.SetResult(request);
        else
            _ = ListenForCancelAsync();
    }

    public override string InstanceId => _inner.InstanceId;

    public override string? ParentInstanceId => _inner.Parent?.InstanceId;

    public override string Version { get; }

    public override bool IsReplaying => _inner.IsReplaying;

    public override DateTimeOffset CurrentUtcDateTime => new(DateTime.SpecifyKind(_inner.CurrentUtcDateTime, DateTimeKind.Utc));

    public override Task<CancelRequest> CancelRequested => _cancel.Task;

    public override string? TraceParent => _envelope.TraceParent;

    /// <summary>Gets the wish for another generation.</summary>
    public OrchestrationEnvelope? Next { get; private set; }

    /// <summary>Gets what stands in the way of another generation; null for nothing.</summary>
    public string? Outstanding => _outstanding.Count > 0 ? _outstanding[0] : HasEventWaiter ? "an event waiter" : null;

    protected override Payload Input => _envelope.Input;

    protected override ILoggerFactory LoggerFactory => _loggers;

    private CancelRequest? Cancel => _cancel.Task.IsCompleted ? _cancel.Task.Result : null;

    public override Guid NewGuid() => _inner.NewGuid();

    public override Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken = default) =>
        fireAt - CurrentUtcDateTime <= MaxTimer ? _inner.CreateTimer(fireAt.UtcDateTime, cancellationToken) : CreateLongTimerAsync(fireAt, cancellationToken);

    public override void ContinueAsNew(object? input, string? newVersion = null) =>
        Next = _envelope with { Input = Bounded("The input of the next generation", Payload.From(input)), Version = newVersion ?? Version };

    /// <summary>The next generation's input, with what this one knows at its end.</summary>
    public OrchestrationEnvelope Handover()
    {
        UnreadEvent[] unread = [.. UnreadAnswers.Select(static answer => new UnreadEvent(answer.Name, answer.Value)), .. _unread];
        return Next! with { Cancel = Cancel, Unread = unread.Length > 0 ? unread : null };
    }

    /// <summary>Ends when every child that was called has been handed to the framework: an instance that ends before would leave it unborn.</summary>
    public Task ChildrenStartedAsync() => Task.WhenAll(_starting);

    protected override Task<Payload> ScheduleActivityAsync(string name, ActivityEnvelope envelope) =>
        TrackAsync($"activity '{name}'", () => RunActivityAsync(name, envelope));

    protected override Task<Payload> ScheduleSubOrchestrationAsync(string name, string? version, string instanceId, Payload input) =>
        TrackAsync($"sub-orchestration '{instanceId}'", async () => await await StartChildAsync(name, version, instanceId, input));

    protected override Task<Payload> SubscribeToEvent(string name)
    {
        int index = _unread.FindIndex(item => name.Equals(item.Name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
            return _inner.WaitForExternalEvent<Payload>(name);
        Payload value = _unread[index].Value;
        _unread.RemoveAt(index);
        return Task.FromResult(value);
    }

    protected override void StoreCustomStatus(Payload value) => _inner.SetCustomStatus(value);

    private async Task<Payload> RunActivityAsync(string name, ActivityEnvelope envelope)
    {
        ActivityCall call = new(InstanceId, envelope.Key, envelope.Attempt, envelope.TraceParent, Cancel is not null, envelope.Payload);
        while (true)
        {
            Payload answer = await TranslateAsync(name, _inner.CallActivityAsync<Payload>(name, Payload.From(call)));
            ActivityOutcome outcome = answer.As<ActivityOutcome>()!;
            if (outcome.Cancel is { } request)
                _cancel.TrySetResult(request);
            if (outcome.Failure is { } failure)
                throw new TaskFailedException(name, failure);
            if (!outcome.Interrupted)
                return outcome.Result;
        }
    }

    /// <summary>The inner task is the child's run; the outer ends when the framework has been asked for it.</summary>
    private async Task<Task<Payload>> StartChildAsync(string name, string? version, string instanceId, Payload input)
    {
        TaskCompletionSource started = new();
        _starting.Add(started.Task);
        try
        {
            ChildLink link = new(InstanceId, instanceId, NewGuid().ToString("N"), name, version, input, TraceParent);
            Payload answer = await RunActivityAsync(LinkChild.Name, new($"{InstanceId}/$link/{link.Call}", 1, TraceParent, Payload.From(link)));
            LinkedChild child = answer.As<LinkedChild>()!;
            if (child.Refusal is { } refusal)
                throw new TaskFailedException(name, new(typeof(InvalidOperationException).FullName!, refusal, IsNonRetriable: true));
            OrchestrationEnvelope envelope = new(input, TraceParent, child.Cancel ?? Cancel);
            return TranslateAsync(name, _inner.CallSubOrchestratorAsync<Payload>(
                FunctionNames.Of(name, child.Version), Payload.From(envelope), new SubOrchestrationOptions(instanceId: instanceId)));
        }
        finally
        {
            started.SetResult();
        }
    }

    private async Task ListenForCancelAsync()
    {
        Payload request = await _inner.WaitForExternalEvent<Payload>(CancelEvent);
        _cancel.TrySetResult(request.As<CancelRequest>()!);
    }

    private async Task CreateLongTimerAsync(DateTimeOffset fireAt, CancellationToken cancellationToken)
    {
        while (fireAt - CurrentUtcDateTime > MaxTimer)
            await _inner.CreateTimer((CurrentUtcDateTime + MaxTimer).UtcDateTime, cancellationToken);
        await _inner.CreateTimer(fireAt.UtcDateTime, cancellationToken);
    }

    private async Task<Payload> TrackAsync(string what, Func<Task<Payload>> run)
    {
        _outstanding.Add(what);
        try
        {
            return await run();
        }
        finally
        {
            _outstanding.Remove(what);
        }
    }

    private static async Task<Payload> TranslateAsync(string name, Task<Payload> call)
    {
        try
        {
            return await call;
        }
        catch (Microsoft.DurableTask.TaskFailedException failure)
        {
            throw new TaskFailedException(name, RecordedFailureException.Read(failure.FailureDetails));
        }
    }
}
