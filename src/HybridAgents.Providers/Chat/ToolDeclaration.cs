using System.Text.Json;
using HybridAgents.Core.Models;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>A tool on offer, for the chat abstraction, which has no place for strictness.</summary>
/// <param name="tool">The tool.</param>
internal sealed class ToolDeclaration(ToolSpec tool) : AIFunctionDeclaration
{
    public override string Name => tool.Name;

    public override string Description => tool.Description;

    public override JsonElement JsonSchema => tool.Parameters;

    /// <summary>Gets whether the model must follow the schema exactly; null leaves it to the provider.</summary>
    public bool? Strict => tool.Strict;

    public static AITool Of(ToolSpec tool) => new ToolDeclaration(tool);
}
