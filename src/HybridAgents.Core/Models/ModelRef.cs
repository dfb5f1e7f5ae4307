namespace HybridAgents.Core.Models;

/// <summary>A model at a provider.</summary>
/// <param name="Provider">The provider's configured name, lower case, such as <c>ollama</c>.</param>
/// <param name="Model">The provider's own name of the model, such as <c>llama2:latest</c>.</param>
public readonly record struct ModelRef(string Provider, string Model)
{
    /// <summary>The form <c>provider:model</c>.</summary>
    public override string ToString() => $"{Provider}:{Model}";
}
