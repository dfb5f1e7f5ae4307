using HybridAgents.Durable;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Functions.Durable;

/// <summary>What every activity function delegates to.</summary>
internal sealed partial class ActivityRunner(DurableRegistry registry, CancelWatch cancels, IHostApplicationLifetime lifetime, ILogger<ActivityRunner> logger)
{
    /// <summary>Runs one attempt in the invocation's scope. Throws only when storage cannot be reached.</summary>
    public async Task<Payload> RunAsync(string name, Payload input, FunctionContext function)
    {
        ActivityCall call = input.As<ActivityCall>() ?? throw new InvalidOperationException($"Activity '{name}' was called without an envelope.");
        using CancelWatch.Watched? watched = call.AfterCancel ? null : await cancels.WatchAsync(call.InstanceId, function.CancellationToken);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(
            function.CancellationToken, lifetime.ApplicationStopping, watched?.Token ?? CancellationToken.None);
        Context context = new(name, call, watched, linked.Token);
        return Payload.From(await ExecuteAsync(context, call.Payload, function) with { Cancel = watched?.Request });
    }

    private async Task<ActivityOutcome> ExecuteAsync(Context context, Payload input, FunctionContext function)
    {
        try
        {
            IActivity activity = registry.CreateActivity(context.Name, function.InstanceServices)
                ?? throw new NonRetriableException($"No activity '{context.Name}' is registered.");
            Payload result = await activity.RunAsync(context, input);
            return result.Length <= OrchestrationContext.MaxPayloadBytes
                ? new(result)
                : new(Failure: TaskFailureDetails.From(
                    new PayloadTooLargeException($"The result of activity '{context.Name}'", result.Length, OrchestrationContext.MaxPayloadBytes)) with
                { IsNonRetriable = true });
        }
        catch (OperationCanceledException) when (context.Cancellation == ActivityCancellation.HostStopping)
        {
            return new(Interrupted: true);
        }
#pragma warning disable CA1031 // Whatever an activity throws is its failure: recorded, and judged by the retry policy.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogFailed(context.Name, context.InstanceId, context.Attempt, error);
            return new(Failure: TaskFailureDetails.From(error));
        }
    }

    [LoggerMessage(EventId = 6102, Level = LogLevel.Warning, Message = "Activity {Name} of instance {InstanceId} failed in attempt {Attempt}")]
    private partial void LogFailed(string name, string instanceId, int attempt, Exception error);

    private sealed class Context(string name, ActivityCall call, CancelWatch.Watched? watched, CancellationToken token)
        : ActivityContext(name, call.InstanceId, new(call.Key, call.Attempt, call.TraceParent, call.Payload))
    {
        public override CancellationToken CancellationToken => token;

        public override ActivityCancellation Cancellation =>
            watched is { IsFired: true } ? ActivityCancellation.RunCancelled : token.IsCancellationRequested ? ActivityCancellation.HostStopping : ActivityCancellation.None;
    }
}
