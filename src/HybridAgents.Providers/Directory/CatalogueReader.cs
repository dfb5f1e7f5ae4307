using System.Globalization;
using System.Text.Json;
using HybridAgents.Core.Models;

namespace HybridAgents.Providers.Directory;

/// <summary>An operator's catalogue, read.</summary>
/// <param name="PriceTableVersion">The version of its prices; null for that of the built-in table.</param>
/// <param name="Models">Its entries, those for one provider first.</param>
internal sealed record Catalogue(string? PriceTableVersion, IReadOnlyList<ModelOverride> Models)
{
    public static Catalogue Empty { get; } = new(null, []);
}

/// <summary>Reads an operator's catalogue; what is wrong is said with its place and what is allowed.</summary>
internal static class CatalogueReader
{
    private const int MaxModels = 10_000;
    private const int MaxTokens = 100_000_000;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="FormatException">It is no catalogue.</exception>
    public static Catalogue Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Lenient);
            JsonElement root = Object(document.RootElement, "", "price_table_version", "models");
            if (!root.TryGetProperty("models", out JsonElement list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxModels)
                throw Wrong("models", $"a list of at most {MaxModels} models");
            List<ModelOverride> models = [];
            foreach (JsonElement item in list.EnumerateArray())
                models.Add(ReadModel(item, $"models[{models.Count}]"));
            return new(Text(root, "price_table_version", "price_table_version"), [.. models.OrderByDescending(static model => model.Name.Contains(':', StringComparison.Ordinal))]);
        }
        catch (JsonException error)
        {
            throw new FormatException($"it is not valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1})", error);
        }
    }

    private static ModelOverride ReadModel(JsonElement item, string path)
    {
        Object(item, path, "name", "context_window", "max_output_tokens", "quality", "speed", "temperature", "tools", "images", "price");
        return new(Text(item, "name", $"{path}.name") ?? throw Wrong($"{path}.name", "a model's name, with or without its provider before a colon"))
        {
            ContextWindow = (int?)Number(item, "context_window", path, 1, MaxTokens),
            MaxOutputTokens = (int?)Number(item, "max_output_tokens", path, 1, MaxTokens),
            Quality = Number(item, "quality", path, 0, 1),
            Speed = Text(item, "speed", $"{path}.speed") is { } speed
                ? Enum.TryParse(speed, ignoreCase: true, out ModelSpeed known) && Enum.IsDefined(known) ? known : throw Wrong($"{path}.speed", "fast, medium or slow")
                : null,
            Temperature = Number(item, "temperature", path, 0, 2),
            Tools = Flag(item, "tools", path),
            Images = Flag(item, "images", path),
            Price = item.TryGetProperty("price", out JsonElement price) ? ReadPrice(price, $"{path}.price") : null,
        };
    }

    private static ModelPrice ReadPrice(JsonElement price, string path)
    {
        Object(price, path, "prompt_per_million", "completion_per_million");
        return new(Dollars("prompt_per_million"), Dollars("completion_per_million"));

        decimal Dollars(string name) => (decimal)(Number(price, name, path, 0, 1_000_000) ?? throw Wrong($"{path}.{name}", "US dollars per million tokens"));
    }

    private static JsonElement Object(JsonElement value, string path, params string[] fields)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong(path.Length == 0 ? "it" : path, "an object");
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (!fields.Contains(property.Name))
                throw new FormatException($"{(path.Length == 0 ? "" : path + ".")}{property.Name} is not a known field; allowed are {string.Join(", ", fields)}");
        }

        return value;
    }

    private static string? Text(JsonElement item, string name, string path) => !item.TryGetProperty(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 255 } text ? text : throw Wrong(path, "a text of 1 to 255 characters");

    private static double? Number(JsonElement item, string name, string path, double least, double most) => !item.TryGetProperty(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= most ? number
        : throw Wrong($"{path}.{name}", string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

    private static bool? Flag(JsonElement item, string name, string path) => !item.TryGetProperty(name, out JsonElement value) ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong($"{path}.{name}", "true or false");

    private static FormatException Wrong(string path, string allowed) => new($"{path} must be {allowed}");
}
