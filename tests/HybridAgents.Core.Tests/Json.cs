using System.Text.Json;

namespace HybridAgents.Core.Tests;

internal static class Json
{
    public static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text, new() { MaxDepth = 1000 });
        return document.RootElement.Clone();
    }
}
