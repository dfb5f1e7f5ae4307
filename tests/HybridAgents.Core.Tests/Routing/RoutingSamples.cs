using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

/// <summary>A small catalogue and short ways to ask the router about it.</summary>
internal static class RoutingSamples
{
    public static readonly ModelInfo Llama = Local("ollama", "llama2:latest") with { IsProviderDefault = true };
    public static readonly ModelInfo Mistral = Local("ollama", "mistral:7b-instruct");
    public static readonly ModelInfo Gpt = Cloud("openai", "gpt-4o") with { IsProviderDefault = true };
    public static readonly ModelInfo GptMini = Cloud("openai", "gpt-4o-mini");
    public static readonly ModelInfo Claude = Cloud("anthropic", "claude-sonnet-4") with { IsProviderDefault = true };
    public static readonly ModelInfo Demo = Local("offline", "demo") with { LastResort = true, IsProviderDefault = true };
    public static readonly ModelInfo[] Everything = [Llama, Mistral, Gpt, GptMini, Claude, Demo];

    public static readonly RoutingFeatures Simple = new(0.1, 50, PrivacyLabel.Standard, NeedsTools: false, MaxOutputTokens: 512);

    public static RoutingDecision Decide(
        RoutingPolicy policy, RoutingFeatures? features = null, ModelInfo[]? catalogue = null, Dictionary<ModelRef, ModelHealth>? health = null) =>
        Router.Decide(new(features ?? Simple, policy, catalogue ?? Everything, health ?? []));

    public static string ReasonOf(RoutingDecision decision, ModelInfo model) => decision.Rejected.Single(rejection => rejection.Candidate == model.Ref.ToString()).Reason;

    public static ModelInfo Local(string provider, string model) =>
        new() { Ref = new(provider, model), Locality = Locality.Local, SupportsTools = true, ContextWindow = 8192, Quality = 0.5, Price = new(0, 0) };

    public static ModelInfo Cloud(string provider, string model) =>
        new() { Ref = new(provider, model), SupportsTools = true, ContextWindow = 128_000, Quality = 0.85, Price = new(2.5m, 10) };
}
