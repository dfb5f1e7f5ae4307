using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>The claim of a tool call's effect: written before it, and for an at-most-once tool kept alive by renewing a lease of 30 s.</summary>
internal sealed class EffectClaim(StepExecution step, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _lost = new();
    private ITimer? _renewal;

    /// <summary>Gets a token that fires when the claim is lost: somebody else has the step, or the run has ended.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Writes the claim. It is durable before this returns if the tool must never run twice.</summary>
    public async Task OpenAsync(TableRow patch, IReadOnlyList<EventDraft> events, bool atMostOnce)
    {
        if (!atMostOnce)
        {
            await step.WriteAsync(new StepWrite(patch, events, []));
            return;
        }

        await step.WriteAsync(new StepWrite(patch.Set(StepRow.LeaseName, time.GetUtcNow() + Lease), events, []), WriteDurability.Durable);
        _renewal = time.CreateTimer(static claim => _ = ((EffectClaim)claim!).RenewAsync(), this, Lease / 3, Lease / 3);
    }

    public void Dispose()
    {
        _renewal?.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        try
        {
            await step.WriteAsync(new StepWrite(step.Patch().Set(StepRow.LeaseName, time.GetUtcNow() + Lease)));
        }
        catch (FencedException)
        {
            await _lost.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The step ended while the timer fired.
        }
    }
}
