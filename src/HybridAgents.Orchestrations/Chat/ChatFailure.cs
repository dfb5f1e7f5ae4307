using System.Text.Json;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Routing;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>Says why a chat failed.</summary>
internal static class ChatFailure
{
    /// <summary>Before any call: the routing left nobody.</summary>
    /// <param name="decision">The router's decision, before the options were looked at.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="budget">What it was planned with.</param>
    public static ChatException NobodyServes(RoutingDecision decision, ChatRequest request, CallBudget budget)
    {
        JsonElement details = JsonSerializer.SerializeToElement(new { rejected = decision.Rejected.Take(50) }, Payload.Json);
        if (decision.Candidates.Count > 0)
            return new(new(ChatErrorCodes.ParameterNotSupported, ModelNeeds.Refusal(request.Needs), details)) { Field = ModelNeeds.FieldsOf(request.Needs)[0] };
        if (decision.Rejected is [{ Reason: RejectionReasons.ModelNotFound or RejectionReasons.ProviderNotFound }, ..])
            return new(new(ChatErrorCodes.ModelNotFound, $"There is no model '{Short(request.Model)}'; GET /v1/models lists what there is.", details)) { Field = "model" };
        RunError error = RoutingFailure.Explain(decision, budget);
        if (decision.Rejected is [{ Reason: RejectionReasons.ProviderContradiction }, ..])
            return new(error with { Code = ChatErrorCodes.ParameterNotSupported }) { Field = "routing_preferences.force_provider" };
        if (request.HasImages)
            return Unseen(error, decision);
        return error.Code == RunErrorCodes.ProviderError
            ? new(error with { Code = RunErrorCodes.Unavailable, Message = "No model is available now: none is configured, or its provider is down." })
            : new(error);
    }

    /// <summary>Images are what stands in the way, or they make everything else harder.</summary>
    private static ChatException Unseen(RunError error, RoutingDecision decision) =>
        error.Code == RunErrorCodes.PrivacyUnsatisfiable
            ? new(error with { Message = "What cannot be scanned is private, and no local model that sees images can serve the request now; routing_preferences.allow_cloud_private lets it leave for the cloud." })
        : decision.Rejected.Any(static entry => entry.Reason == RejectionReasons.ImagesUnsupported)
            ? new(error with { Code = ChatErrorCodes.ParameterNotSupported, Message = "No model that may serve the request can see images." }) { Field = "messages" }
        : new(error);

    /// <summary>What is left of the caller's budget pays for no candidate.</summary>
    public static ChatException TooDear(BudgetRefusal refusal) => new(refusal.ToError());

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
