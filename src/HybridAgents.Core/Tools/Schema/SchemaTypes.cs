using System.Text.Json;

namespace HybridAgents.Core.Tools;

/// <summary>The keyword <c>type</c>, and how messages quote a schema.</summary>
internal static class SchemaTypes
{
    private const int MaxQuote = 200;

    public static bool IsKnown(string type) => type is "object" or "array" or "string" or "number" or "integer" or "boolean" or "null";

    /// <summary>Whether the value is of the type, or of one in the list.</summary>
    public static bool Fits(JsonElement types, JsonElement value) => types.ValueKind == JsonValueKind.Array
        ? types.EnumerateArray().Any(type => Is(type.GetString(), value))
        : Is(types.GetString(), value);

    public static string Describe(JsonElement types) => types.ValueKind == JsonValueKind.Array
        ? string.Join(" or ", types.EnumerateArray().Select(static type => type.GetString()))
        : types.GetString()!;

    /// <summary>The text of a part of a schema, bounded.</summary>
    public static string Quote(JsonElement part)
    {
        string text = part.GetRawText();
        return text.Length <= MaxQuote ? text : text[..MaxQuote] + "…";
    }

    /// <summary>The names of an object's members, bounded.</summary>
    public static string Names(JsonElement members)
    {
        string text = string.Join(", ", members.EnumerateObject().Select(static member => member.Name));
        return text.Length == 0 ? "none" : text.Length <= MaxQuote ? text : text[..MaxQuote] + "…";
    }

    private static bool Is(string? type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        // 1.0 is an integer, as JSON Schema has it.
        _ => type == "number" || (type == "integer" && (value.TryGetDecimal(out decimal exact) ? decimal.IsInteger(exact) : double.IsInteger(value.GetDouble()))),
    };
}
