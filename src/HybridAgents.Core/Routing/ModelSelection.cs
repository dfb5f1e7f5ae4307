using HybridAgents.Core.Models;

namespace HybridAgents.Core.Routing;

/// <summary>What a caller asked for, read from the forms <c>auto</c>, <c>auto:name</c>, <c>provider:model</c>, <c>provider:auto</c> and a bare name.</summary>
/// <param name="Provider">The provider of the prefix; null if there was none.</param>
/// <param name="Model">The model; null for any.</param>
/// <param name="Hint">The model to prefer while it does well; null for none.</param>
internal readonly record struct ModelSelection(string? Provider, string? Model, string? Hint)
{
    private const string Auto = "auto";

    /// <summary>Reads the text. The part before the first colon is a provider only if the catalogue knows it: otherwise the colon belongs to a tag.</summary>
    public static ModelSelection Parse(string text, IReadOnlyList<ModelInfo> catalogue)
    {
        text = text.Trim();
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0)
        {
            string left = text[..colon].Trim(), right = text[(colon + 1)..].Trim();
            if (IsAuto(left))
                return new(null, null, right.Length == 0 ? null : right);
            if (HasProvider(catalogue, left))
                return new(left, AnyOr(right), null);
        }

        return new(null, AnyOr(text), null);
    }

    public static bool IsAuto(string text) => text.Equals(Auto, StringComparison.OrdinalIgnoreCase);

    public static bool HasProvider(IReadOnlyList<ModelInfo> catalogue, string provider)
    {
        for (int index = 0; index < catalogue.Count; index++)
        {
            if (SameProvider(catalogue[index], provider))
                return true;
        }

        return false;
    }

    public static bool SameProvider(ModelInfo model, string provider) => model.Ref.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase);

    private static string? AnyOr(string model) => model.Length == 0 || IsAuto(model) ? null : model;
}
