using System.Text.Json;
using HybridAgents.Core.Tools;

namespace HybridAgents.Core.Memory;

/// <summary>The tool <c>remember</c>.</summary>
/// <param name="memory">What is remembered.</param>
public sealed class RememberTool(IMemoryStore memory) : ITool
{
    /// <summary>The tool's name.</summary>
    public const string Name = "remember";

    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = Name,
        Description = "Keeps a fact for later conversations, such as a preference of the user. One fact a call, in a full sentence.",
        Effect = ToolEffect.Idempotent,
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "text": { "type": "string", "minLength": 1, "maxLength": 2000 },
                "category": { "type": "string", "enum": ["facts", "preferences", "personal_details"], "default": "facts" }
              },
              "required": ["text"],
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        MemoryItem item = await memory.RememberAsync(call.Tenant, call.Arguments.GetProperty("text").GetString()!, CategoryOf(call.Arguments), call.Label, cancellationToken);
        return new($"Remembered as {item.Id}.");
    }

    private static MemoryCategory CategoryOf(JsonElement arguments) => !arguments.TryGetProperty("category", out JsonElement category) ? MemoryCategory.Facts : category.GetString() switch
    {
        "preferences" => MemoryCategory.Preferences,
        "personal_details" => MemoryCategory.PersonalDetails,
        _ => MemoryCategory.Facts,
    };
}
