using System.Text.Json;

namespace HybridAgents.Api.Requests;

/// <summary>Reads the fields of a body that its schema has already checked; null stands for absent.</summary>
internal static class JsonElementExtensions
{
    public static JsonElement? Field(this JsonElement source, string name) =>
        source.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement source, string name) => source.Field(name)?.GetString();

    public static int? Integer(this JsonElement source, string name) => source.Field(name)?.GetInt32();

    public static bool? Flag(this JsonElement source, string name) => source.Field(name)?.GetBoolean();

    public static IEnumerable<JsonElement> Items(this JsonElement source, string name) =>
        source.Field(name) is { } list ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();
}
