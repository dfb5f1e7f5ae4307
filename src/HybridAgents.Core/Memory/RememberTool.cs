using HybridAgents.Core.Tools;

namespace HybridAgents.Core.Memory;

/// <summary>The tool <c>remember</c>.</summary>
/// <param name="memory">What is remembered.</param>
public sealed class RememberTool(IMemoryStore memory) : ITool
{
    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = "remember",
        Description = "Keeps a fact for later conversations, such as a preference of the user. One fact a call, in a full sentence.",
        Effect = ToolEffect.Idempotent,
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": { "text": { "type": "string", "minLength": 1, "maxLength": 2000 } },
              "required": ["text"],
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        MemoryItem item = await memory.RememberAsync(call.Tenant, call.Arguments.GetProperty("text").GetString()!, call.Label, cancellationToken);
        return new($"Remembered as {item.Id}.");
    }
}
