using HybridAgents.Core.Models;

namespace HybridAgents.Providers.Ollama;

/// <summary>What an Ollama model's name tells of it.</summary>
internal static class OllamaNames
{
    /// <summary>Whether the tag says that the model runs in the maker's cloud.</summary>
    public static bool IsCloud(string model)
    {
        string name = ModelNames.WithTag(model);
        string tag = name[(name.LastIndexOf(':') + 1)..];
        return tag.Equals("cloud", StringComparison.OrdinalIgnoreCase) || tag.EndsWith("-cloud", StringComparison.OrdinalIgnoreCase);
    }
}
