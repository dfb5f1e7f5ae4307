using System.Globalization;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Models;

/// <summary>What is known of models by their names.</summary>
public static class ModelCatalogue
{
    /// <summary>The version of the price table, recorded with decisions that depend on prices.</summary>
    public const string PriceTableVersion = ModelTable.PriceVersion;

    private const double DefaultTemperature = 0.7;

    private static readonly Dictionary<string, ModelTable.Entry> Entries = ModelTable.Entries.ToDictionary(static entry => entry.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Describes a model.</summary>
    /// <remarks>
    /// The entry is found by name (<c>llama2:70b</c>), else by the name without tag (<c>llama3.1</c>), else by the longest entry that the name continues after a <c>-</c>
    /// (<c>gpt-4o-2024-08-06</c> is a <c>gpt-4o</c>); a publisher before <c>/</c> does not count. A size in the tag (<c>:70b</c>) moves speed and quality. Unknown models get
    /// cautious values: a window of 4096 tokens, tools, middling quality and speed, and in the cloud an unknown price. What the provider itself reports should replace these values.
    /// </remarks>
    public static ModelInfo Describe(ModelRef model, Locality locality)
    {
        string name = Bare(model.Model);
        ModelTable.Entry? entry = Find(name, out bool exact);
        ModelInfo info = new()
        {
            Ref = model,
            Locality = locality,
            SupportsTools = entry?.Tools ?? true,
            SupportsImages = entry is { Images: true } || SaysThatItSees(name),
            RecommendedTemperature = entry is null ? DefaultTemperature : entry.Temperature,
            Price = locality == Locality.Local ? new(0, 0) : entry?.Price,
        };
        if (entry is not null)
            info = info with { ContextWindow = entry.ContextWindow, MaxOutputTokens = entry.MaxOutputTokens, Quality = entry.Quality, Speed = entry.Speed };
        return !exact && Billions(name) is { } billions ? Sized(info, billions) : info;
    }

    /// <summary>What a model is good at; empty for one that the table does not know.</summary>
    public static IReadOnlyList<string> Strengths(string model) => Find(Bare(model), out _)?.Strengths ?? [];

    private static string Bare(string model) => model[(model.LastIndexOf('/') + 1)..];

    /// <summary>Whether a part of the name is <c>vision</c> or ends with <c>vl</c>, as publishers write it.</summary>
    private static bool SaysThatItSees(string name) =>
        name.Split('-', '_', '.', ':').Any(static part => part.Equals("vision", StringComparison.OrdinalIgnoreCase) || part.EndsWith("vl", StringComparison.OrdinalIgnoreCase));

    private static ModelTable.Entry? Find(string name, out bool exact)
    {
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        string untagged = colon < 0 ? name : name[..colon];
        exact = Entries.TryGetValue(name, out ModelTable.Entry? found) || (name.EndsWith(":latest", StringComparison.OrdinalIgnoreCase) && Entries.TryGetValue(untagged, out found));
        for (string prefix = untagged; found is null && prefix.Length > 0; prefix = prefix[..Math.Max(0, prefix.LastIndexOf('-'))])
            found = Entries.GetValueOrDefault(prefix);
        return found;
    }

    /// <summary>The size in a name such as <c>qwen2.5:7b</c> or <c>gemma-2-27b-it</c>; null if there is none.</summary>
    private static double? Billions(string name)
    {
        foreach (string part in name.Split(':', '-', '_'))
        {
            if (part.Length > 1 && part[^1] is 'b' or 'B' && double.TryParse(part.AsSpan(0, part.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double billions))
                return billions;
        }

        return null;
    }

    private static ModelInfo Sized(ModelInfo info, double billions) => info with
    {
        Speed = billions switch
        {
            <= 4 => ModelSpeed.Fast,
            <= 15 => ModelSpeed.Medium,
            _ => ModelSpeed.Slow,
        },
        Quality = Math.Clamp(
            info.Quality + billions switch
            {
                <= 2 => -0.15,
                <= 4 => -0.05,
                <= 15 => 0,
                <= 40 => 0.1,
                _ => 0.15,
            },
            0,
            1),
    };
}
