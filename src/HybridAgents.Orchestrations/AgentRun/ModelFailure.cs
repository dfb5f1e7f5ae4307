using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Turns failed attempts into the run's error. The first failure is the primary one: those after it are of fallbacks.</summary>
internal static class ModelFailure
{
    private const int MaxMessage = 1_000;

    /// <summary>The stable name of a fault.</summary>
    public static string Outcome(ProviderFault fault) => JsonNamingPolicy.SnakeCaseLower.ConvertName(fault.ToString());

    public static string Bounded(string message) => message.Length <= MaxMessage ? message : message[..MaxMessage];

    public static RunError Explain(ProviderException primary, IReadOnlyList<AttemptView> attempts) => new(
        primary.Fault switch
        {
            ProviderFault.Timeout => RunErrorCodes.ProviderTimeout,
            ProviderFault.ContextLengthExceeded => RunErrorCodes.ContextLengthExceeded,
            _ => RunErrorCodes.ProviderError,
        },
        $"{primary.Model} failed: {Bounded(primary.Message)}",
        JsonSerializer.SerializeToElement(
            new
            {
                provider = primary.Model.Provider,
                status_code = primary.StatusCode,
                original_message = Bounded(primary.Message),
                request_id = primary.RequestId,
                attempts = attempts.Take(10).Select(attempt => attempt with { Message = attempt.Message?[..Math.Min(attempt.Message.Length, 200)] }),
            },
            Payload.Json));
}
