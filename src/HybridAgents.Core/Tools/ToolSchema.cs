using System.Text.Json;

namespace HybridAgents.Core.Tools;

/// <summary>Schemas that are written in the source.</summary>
internal static class ToolSchema
{
    public static JsonElement Parse([System.Diagnostics.CodeAnalysis.StringSyntax("Json")] string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
