using System.Text.Json;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Budgets;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Names the reason why no model may serve. Privacy is named first: it is the one that no retry cures.</summary>
internal static class RoutingFailure
{
    private static readonly (string[] Reasons, string Code, string Message)[] Explanations =
    [
        ([RejectionReasons.ProviderContradiction], RunErrorCodes.ProviderError, "routing_preferences.force_provider names another provider than the model does."),
        ([RejectionReasons.Privacy], RunErrorCodes.PrivacyUnsatisfiable, "The text must stay local, and no local model can serve it now."),
        ([RejectionReasons.Budget, RejectionReasons.PriceUnknown], RunErrorCodes.BudgetExceeded, ""),
        ([RejectionReasons.ContextWindow], RunErrorCodes.ContextLengthExceeded, "The conversation does not fit the window of any model that may serve it."),
        ([RejectionReasons.ImagesUnsupported], RunErrorCodes.ProviderError, "No model that may serve the request can see images."),
        ([RejectionReasons.NotAllowed], RunErrorCodes.ProviderError, "The models that could serve are not allowed to this tenant."),
        ([RejectionReasons.ToolsUnsupported], RunErrorCodes.ToolNotSupported, "No model that may serve the request can use tools."),
        ([RejectionReasons.ModelNotFound], RunErrorCodes.ProviderError,
            "The model asked for is not there: GET /api/v1/models lists what there is, and POST /api/v1/models/pull fetches a model onto an Ollama server."),
    ];

    /// <param name="decision">The decision that left nobody.</param>
    /// <param name="budget">What it was planned with; says which bound was too tight.</param>
    public static RunError Explain(RoutingDecision decision, CallBudget budget)
    {
        HashSet<string> reasons = [.. decision.Rejected.Select(entry => entry.Reason)];
        (string[] _, string code, string message) = Array.Find(Explanations, entry => entry.Reasons.Any(reasons.Contains));
        if (code == RunErrorCodes.BudgetExceeded)
            return budget.Explain(decision);
        JsonElement details = JsonSerializer.SerializeToElement(new { rejected = decision.Rejected.Take(50) }, Payload.Json);
        return code is null
            ? new(RunErrorCodes.ProviderError, "No model is available: none is configured, or its provider is down.", details)
            : new(code, message, details);
    }
}
