using System.Text.Json;

namespace HybridAgents.Cli.Client;

/// <summary>Reading of documents that a newer or older server may have written: what is absent or of another kind reads as null.</summary>
internal static class JsonElementExtensions
{
    public static JsonElement? Field(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element.ValueKind == JsonValueKind.Null ? null : element;
    }

    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Field(path) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static long? Integer(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Field(path) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : null;

    public static decimal? Number(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Field(path) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out decimal number) ? number : null;

    public static bool Flag(this JsonElement element, params ReadOnlySpan<string> path) => element.Field(path) is { ValueKind: JsonValueKind.True };

    public static IEnumerable<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.Field(path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>The strings of a list, joined by commas; null when there are none.</summary>
    public static string? Words(this JsonElement element, params ReadOnlySpan<string> path)
    {
        string words = string.Join(", ", element.Items(path).Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()));
        return words.Length == 0 ? null : words;
    }
}
