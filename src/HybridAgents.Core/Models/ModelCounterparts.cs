using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Models;

/// <summary>Which local model stands for a cloud model, and which cloud model would have done a local model's work.</summary>
public static class ModelCounterparts
{
    private const string Provider = "openai";

    /// <summary>The first catalogue's six pairs, unchanged.</summary>
    private static readonly Dictionary<string, string> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gpt-3.5-turbo"] = "llama2",
        ["gpt-3.5-turbo-16k"] = "mistral:7b-instruct",
        ["gpt-4"] = "llama2:70b",
        ["gpt-4o"] = "mistral",
        ["gpt-4-turbo"] = "mistral",
        ["code-llama"] = "codellama",
    };

    /// <summary>The cloud models of general use, cheapest first.</summary>
    private static readonly ModelInfo[] Cloud = Ladder(
        Locality.Cloud, static model => Price(model), "gpt-5-nano", "gpt-4.1-nano", "gpt-4o-mini", "gpt-5-mini", "gpt-4.1", "gpt-4o", "gpt-5");

    /// <summary>The local models of general use, smallest first.</summary>
    private static readonly ModelInfo[] Local = Ladder(Locality.Local, static model => (decimal)model.Quality, "llama3.2", "llama3.1", "qwen3", "gpt-oss", "llama3.3");

    /// <summary>Gets the named pairs, cloud to local.</summary>
    public static IReadOnlyDictionary<string, string> Pairs => Named;

    /// <summary>The named counterpart, or else the smallest general model that is at least as good; the best one for a model that none equals.</summary>
    public static string LocalFor(ModelInfo cloud) => Named.TryGetValue(cloud.Ref.Model, out string? name) ? name : Equal(Local, cloud).Ref.Model;

    /// <summary>The named counterpart, the cheapest where a local model stands for several; or else the cheapest general model that is at least as good; the best one for a model that none equals.</summary>
    public static ModelInfo CloudFor(ModelInfo local) => Named
        .Where(pair => ModelNames.Same(pair.Value, local.Ref.Model))
        .Select(static pair => ModelCatalogue.Describe(new(Provider, pair.Key), Locality.Cloud))
        .Where(static model => model.Price is not null)
        .MinBy(Price) ?? Equal(Cloud, local);

    private static ModelInfo Equal(ModelInfo[] ladder, ModelInfo other) => Array.Find(ladder, model => model.Quality >= other.Quality) ?? ladder.MaxBy(static model => model.Quality)!;

    private static decimal Price(ModelInfo model) => model.Price!.PromptPerMillion + model.Price.CompletionPerMillion;

    private static ModelInfo[] Ladder(Locality locality, Func<ModelInfo, decimal> order, params IEnumerable<string> names) =>
        [.. names.Select(name => ModelCatalogue.Describe(new(Provider, name), locality)).OrderBy(order)];
}
