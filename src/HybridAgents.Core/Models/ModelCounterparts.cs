using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Models;

/// <summary>Which cloud model would have done a local model's work.</summary>
public static class ModelCounterparts
{
    private const string Provider = "openai";

    /// <summary>Named pairs; where one local model stands for several, the cheaper.</summary>
    private static readonly Dictionary<string, string> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["llama2"] = "gpt-3.5-turbo",
        ["mistral:7b-instruct"] = "gpt-3.5-turbo",
        ["llama2:70b"] = "gpt-4",
        ["mistral"] = "gpt-4o",
    };

    /// <summary>The models of general use, cheapest first.</summary>
    private static readonly ModelInfo[] Ladder =
    [
        .. new[] { "gpt-5-nano", "gpt-4.1-nano", "gpt-4o-mini", "gpt-5-mini", "gpt-4.1", "gpt-4o", "gpt-5" }
            .Select(static name => ModelCatalogue.Describe(new(Provider, name), Locality.Cloud))
            .OrderBy(static model => model.Price!.PromptPerMillion + model.Price.CompletionPerMillion),
    ];

    /// <summary>The named counterpart, or else the cheapest general model that is at least as good; the best one for a model that none equals.</summary>
    public static ModelInfo CloudFor(ModelInfo local) =>
        Named.FirstOrDefault(pair => ModelNames.Same(pair.Key, local.Ref.Model)).Value is { } name
            ? ModelCatalogue.Describe(new(Provider, name), Locality.Cloud)
            : Array.Find(Ladder, model => model.Quality >= local.Quality) ?? Ladder.MaxBy(static model => model.Quality)!;
}
