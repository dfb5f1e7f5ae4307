namespace HybridAgents.Core.Models;

/// <summary>Rules for comparing names of models.</summary>
public static class ModelNames
{
    private const string Latest = ":latest";

    /// <summary>The name with its tag, as Ollama lists it: <c>llama2</c> becomes <c>llama2:latest</c>, a tagged name stays.</summary>
    public static string WithTag(string model) => model.AsSpan(model.LastIndexOf('/') + 1).Contains(':') ? model : model + Latest;

    /// <summary>Whether both name the same model: case does not count, and <c>llama2</c> is <c>llama2:latest</c>.</summary>
    public static bool Same(string left, string right) => Untagged(left).Equals(Untagged(right), StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> Untagged(string model) =>
        model.EndsWith(Latest, StringComparison.OrdinalIgnoreCase) ? model.AsSpan(0, model.Length - Latest.Length) : model;
}
