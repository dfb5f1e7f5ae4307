using HybridAgents.Core.Tools;
using HybridAgents.Durable;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>How an invocation ended.</summary>
/// <param name="State"><see cref="StepState.Done"/> with an output, or why there is none.</param>
/// <param name="Output">What the model is told.</param>
internal sealed record ToolRun(StepState State, ToolOutput? Output = null);

/// <summary>Runs a tool within its time-out. Whatever it throws becomes an error output; only a cancel or the run's deadline ends it without one.</summary>
internal static class ToolRunner
{
    public static async Task<ToolRun> RunAsync(
        ITool tool, ToolInvocation invocation, ActivityContext context, DateTimeOffset deadline, TimeProvider time, CancellationToken lost)
    {
        TimeSpan left = deadline - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return new(StepState.TimedOut);
        TimeSpan timeout = tool.Definition.Timeout;
        using CancellationTokenSource limit = new(left < timeout ? left : timeout, time);
        using CancellationTokenSource cancel = new();
        bool atMostOnce = tool.Definition.Effect == ToolEffect.AtMostOnce;
        // A stopping host lets an at-most-once tool use the grace period: cut off, it would need a person's review.
        await using CancellationTokenRegistration registration = context.CancellationToken.Register(() =>
        {
            if (!atMostOnce || context.Cancellation != ActivityCancellation.HostStopping)
                cancel.Cancel();
        });
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel.Token, lost);
        try
        {
            // A tool that ignores its token is left behind: the call still ends in time.
            return new(StepState.Done, await tool.InvokeAsync(invocation, stop.Token).WaitAsync(stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (lost.IsCancellationRequested)
                throw new FencedException();
            if (cancel.IsCancellationRequested)
                return context.Cancellation == ActivityCancellation.HostStopping ? throw new OperationCanceledException(context.CancellationToken) : new(StepState.Cancelled);
            return left < timeout
                ? new(StepState.TimedOut)
                : new(StepState.Done, ToolOutput.Error($"The tool gave no answer within {timeout.TotalSeconds:0} s.{(atMostOnce ? " It may have taken effect." : "")}"));
        }
#pragma warning disable CA1031 // A tool is foreign code: whatever it throws is told to the model as the call's result.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new(StepState.Done, ToolOutput.Error($"The tool failed ({exception.GetType().Name})."));
        }
    }
}
