using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Providers.Directory;

/// <summary>What is known of a model before its provider has said anything.</summary>
internal static class ModelDescriptions
{
    public static ModelInfo Describe(ModelRef model, Locality locality) => new()
    {
        Ref = model,
        Locality = locality,
        SupportsTools = true,
        ContextWindow = locality == Locality.Local ? 4096 : 128_000,
        Price = locality == Locality.Local ? new(0, 0) : null,
    };
}
