using HybridAgents.Durable;
using HybridAgents.Functions.Durable;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Failure = HybridAgents.Durable.TaskFailureDetails;
using TaskFailedException = Microsoft.DurableTask.TaskFailedException;

namespace HybridAgents.Functions.Tests.Durable.Conformance;

/// <summary>The framework's context on the embedded engine. Its reserved cancel event is the engine's own cancel.</summary>
internal sealed class EmbeddedTaskOrchestrationContext(OrchestrationContext engine, LargeValues large, string function) : TaskOrchestrationContext
{
    public override TaskName Name => function;

    public override string InstanceId => engine.InstanceId;

    public override ParentOrchestrationInstance? Parent => engine.ParentInstanceId is { } parent ? new("parent", parent) : null;

    public override DateTime CurrentUtcDateTime => engine.CurrentUtcDateTime.UtcDateTime;

    public override bool IsReplaying => engine.IsReplaying;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public override T GetInput<T>() => large.Get(engine.GetInput<Payload>()).As<T>()!;

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        TranslateAsync<TResult>(name, () => engine.CallActivityAsync<Payload>(name, large.Put(Payload.From(input))));

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        engine.CreateTimer(new DateTimeOffset(DateTime.SpecifyKind(fireAt, DateTimeKind.Utc)), cancellationToken);

    public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        eventName == DurableTaskOrchestrationContext.CancelEvent
            ? Payload.From(await engine.CancelRequested).As<T>()!
            : await engine.WaitForExternalEvent<T>(eventName);

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override void SetCustomStatus(object? customStatus) => engine.SetCustomStatus(customStatus);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        TranslateAsync<TResult>(orchestratorName, () => engine.CallSubOrchestratorAsync<Payload>(
            orchestratorName, large.Put(Payload.From(input)), new(((Microsoft.DurableTask.SubOrchestrationOptions)options!).InstanceId)));

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        engine.ContinueAsNew(large.Put(Payload.From(newInput)));

    public override Guid NewGuid() => engine.NewGuid();

    public static Microsoft.DurableTask.TaskFailureDetails Details(Failure failure) => new(
        failure.ErrorType, failure.ErrorMessage, failure.StackTrace, failure.InnerFailure is { } inner ? Details(inner) : null, null);

    private async Task<T> TranslateAsync<T>(TaskName name, Func<Task<Payload>> call)
    {
        try
        {
            return large.Get(await call()).As<T>()!;
        }
        catch (HybridAgents.Durable.TaskFailedException failure)
        {
            throw new TaskFailedException(name, 0, Details(failure.FailureDetails));
        }
    }
}
