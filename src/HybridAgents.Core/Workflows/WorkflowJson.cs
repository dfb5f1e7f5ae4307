using System.Text.Json;

namespace HybridAgents.Core.Workflows;

/// <summary>How workflows are written as JSON.</summary>
public static class WorkflowJson
{
    /// <summary>Gets the settings: snake_case names, and the type of a step wherever its author put it.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}
