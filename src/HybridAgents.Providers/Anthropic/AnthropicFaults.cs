using Anthropic.Exceptions;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Http;
using HybridAgents.Providers.Pipeline;

namespace HybridAgents.Providers.Anthropic;

/// <summary>Reads what the SDK throws.</summary>
internal static class AnthropicFaults
{
    /// <summary>The failure as ours; null when it is none of the known ones.</summary>
    /// <param name="model">The model that was called.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="answered">Whether part of the answer had come.</param>
    /// <param name="secret">The key, cut out of what the service says.</param>
    public static ProviderException? Translate(ModelRef model, Exception error, bool answered, string? secret) => error switch
    {
        AnthropicRefusedException refused => StatusFaults.Create(model, refused.Status, refused.Message, secret, refused.RetryAfter, refused.RequestId),
        AnthropicSseException { ApiMessage: { } message } => new(model, ProviderFault.StreamBroken, TransportFaults.Bounded(message), error),
        AnthropicIOException { InnerException: { } inner } => Translate(model, inner, answered, secret),
        AnthropicException => new(model, ProviderFault.Malformed, "The answer has not the shape of a message.", error),
        HttpRequestException { InnerException: AnthropicRefusedException inner } => Translate(model, inner, answered, secret),
        _ => TransportFaults.Translate(model, error, answered),
    };
}
