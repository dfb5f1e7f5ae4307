using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>Says why a chat failed.</summary>
internal static class ChatFailure
{
    private static readonly (ModelFeatures Feature, string Field)[] Fields =
    [
        (ModelFeatures.TopP, "top_p"),
        (ModelFeatures.Penalties, "frequency_penalty"),
        (ModelFeatures.Seed, "seed"),
        (ModelFeatures.Stop, "stop"),
        (ModelFeatures.JsonFormat, "response_format"),
        (ModelFeatures.JsonSchema, "response_format"),
        (ModelFeatures.ToolDemand, "tool_choice"),
        (ModelFeatures.ReasoningEffort, "reasoning_effort"),
        (ModelFeatures.LogProbabilities, "logprobs"),
        (ModelFeatures.Choices, "n"),
    ];

    /// <summary>Before any call: the routing left nobody.</summary>
    /// <param name="decision">The router's decision, before the options were looked at.</param>
    /// <param name="request">What was asked.</param>
    public static ChatException NobodyServes(RoutingDecision decision, ChatRequest request)
    {
        JsonElement details = JsonSerializer.SerializeToElement(new { rejected = decision.Rejected.Take(50) }, Payload.Json);
        if (decision.Candidates.Count > 0)
        {
            (_, string field) = Array.Find(Fields, entry => (request.Options.Needs & entry.Feature) != 0);
            string asked = string.Join(", ", Fields.Where(entry => (request.Options.Needs & entry.Feature) != 0).Select(static entry => entry.Field).Distinct());
            return new(new(ChatErrorCodes.ParameterNotSupported, $"No model that may serve the request supports all of: {asked}.", details)) { Field = field };
        }

        if (decision.Rejected is [{ Reason: RejectionReasons.ModelNotFound or RejectionReasons.ProviderNotFound }, ..])
            return new(new(ChatErrorCodes.ModelNotFound, $"There is no model '{Short(request.Model)}'; GET /v1/models lists what there is.", details)) { Field = "model" };
        RunError error = RoutingFailure.Explain(decision);
        return error.Code == RunErrorCodes.ProviderError
            ? new(error with { Code = RunErrorCodes.Unavailable, Message = "No model is available now: none is configured, or its provider is down." })
            : new(error);
    }

    /// <summary>What is left of the caller's budget pays for no candidate.</summary>
    public static ChatException TooDear() => new(new(RunErrorCodes.BudgetExceeded, RoutingFailure.OverBudget));

    /// <summary>After the last candidate: the first failure is the primary one, those after it are of fallbacks.</summary>
    /// <param name="primary">The first failure; null when the label rose past every candidate.</param>
    /// <param name="attempts">Every attempt.</param>
    public static ChatException Exhausted(ProviderException? primary, IReadOnlyList<AttemptView> attempts)
    {
        if (primary is null)
            return new(new(RunErrorCodes.PrivacyUnsatisfiable, "The text must stay local, and no local model can serve it now.")) { Attempts = attempts };
        RunError error = ModelFailure.Explain(primary, attempts);
        return new(error with { Code = Code(primary.Fault) ?? error.Code }) { RetryAfter = primary.RetryAfter, Exhausted = true, Attempts = attempts };
    }

    private static string? Code(ProviderFault fault) => fault switch
    {
        ProviderFault.RateLimited => ChatErrorCodes.RateLimited,
        ProviderFault.Rejected => ChatErrorCodes.Rejected,
        ProviderFault.ModelNotFound => ChatErrorCodes.ModelNotFound,
        ProviderFault.CircuitOpen => RunErrorCodes.Unavailable,
        _ => null,
    };

    private static string Short(string model) => model.Length <= 64 ? model : model[..64] + "…";
}
