using System.Text.Json;

namespace HybridAgents.Core.Tools;

/// <summary>References within one schema document.</summary>
internal static class SchemaReference
{
    /// <summary>Finds what <c>#</c> or a JSON pointer such as <c>#/$defs/name</c> points to.</summary>
    public static bool TryResolve(JsonElement root, string reference, out JsonElement target)
    {
        target = root;
        if (reference == "#")
            return true;
        if (!reference.StartsWith("#/", StringComparison.Ordinal))
            return false;
        foreach (string part in reference[2..].Split('/'))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(name, out target))
                return false;
        }

        return true;
    }
}
