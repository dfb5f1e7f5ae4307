using System.Text.Json;

namespace HybridAgents.Core;

/// <summary>A list in one configuration value: a comma list or a JSON array of strings.</summary>
internal static class ConfiguredList
{
    /// <summary>The entries, trimmed, without empties and doubles; upper and lower case are the same.</summary>
    /// <param name="key">The configuration key, for the message.</param>
    /// <param name="text">The value; null for none.</param>
    /// <exception cref="FormatException">It begins as a JSON array and is none, or holds something other than strings.</exception>
    public static IReadOnlyList<string> Parse(string key, string? text)
    {
        text = (text ?? "").Trim();
        IEnumerable<string> parts = text.StartsWith('[') ? ParseArray(key, text) : text.Split(',');
        return [.. parts.Select(static part => part.Trim()).Where(static part => part.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static string[] ParseArray(string key, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(static item => item.GetString() ?? "")];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{key} begins with '[' but is no JSON array of strings; allowed are a comma list and a JSON array.", error);
        }
    }
}
