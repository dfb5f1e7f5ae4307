namespace HybridAgents.Core.Models;

/// <summary>Which models can see images, by their names; what a provider reports counts more.</summary>
internal static class ModelVision
{
    /// <summary>Families whose members all can; the longest entry that a name continues decides.</summary>
    private static readonly string[] Seeing =
    [
        "gpt-4-turbo", "gpt-4o", "chatgpt-4o-latest", "gpt-4.1", "gpt-5", "o1", "o3", "o4-mini", "claude-3", "claude-sonnet-4", "claude-haiku-4", "claude-opus-4",
        "gemini-2", "gemini-3", "gemma3", "llama4", "pixtral", "llava", "bakllava", "moondream", "mistral-small3", "minicpm-v",
    ];

    /// <summary>Members of such families that cannot.</summary>
    private static readonly string[] Blind = ["o1-mini", "o1-preview", "o3-mini", "gemma3:1b", "gemma3:270m"];

    /// <param name="model">The name without publisher.</param>
    public static bool Sees(string model) =>
        model.Split('-', '_', '.', ':').Any(static part => part.Equals("vision", StringComparison.OrdinalIgnoreCase) || part.EndsWith("vl", StringComparison.OrdinalIgnoreCase))
        || (Continues(model, Seeing) && !Continues(model, Blind));

    private static bool Continues(string model, string[] families) => Array.Exists(
        families, family => model.StartsWith(family, StringComparison.OrdinalIgnoreCase) && (model.Length == family.Length || model[family.Length] is '-' or '.' or ':'));
}
