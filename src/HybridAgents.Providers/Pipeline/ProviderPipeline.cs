using HybridAgents.Core.Models;
using HybridAgents.Providers.Cache;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Health;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Pipeline;

/// <summary>Puts the decorators around a provider's client. Breaker and telemetry lie inside retry, so they see every attempt.</summary>
/// <param name="options">Limits.</param>
/// <param name="board">Where breakers and estimates live.</param>
/// <param name="cache">Where answers are remembered.</param>
/// <param name="time">The clock of every wait and limit.</param>
/// <param name="jitter">Draws values in [0, 1).</param>
internal sealed class ProviderPipeline(ProvidersOptions options, ModelHealthBoard board, ResponseCache cache, TimeProvider time, Func<double> jitter)
{
    public IChatClient Around(IChatClient client, ProviderSettings settings)
    {
        client = new FaultTranslation(client, settings.Name);
        client = new TokenTimeouts(client, settings.Name, options.Timeouts, time);
        client = new CallTelemetry(client, settings.Name, time);
        client = new ConcurrencyLimit(client, settings.MaxConcurrency);
        client = new CircuitBreaking(client, settings.Name, board, time);
        client = new Retrying(client, options.Retries, time, jitter);
        client = new Deadline(client, settings.Name, options.Timeouts.Total, time);
        return new Caching(client, cache);
    }

    /// <summary>The model that a call names.</summary>
    internal static ModelRef ModelOf(string provider, ChatOptions? options) => new(provider, options?.ModelId ?? "");

    /// <summary>Whether an update is part of the answer, not only a sign of life.</summary>
    internal static bool IsAnswer(ChatResponseUpdate update) => update.Contents.Count > 0 || update.FinishReason is not null;
}
