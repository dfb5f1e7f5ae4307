using System.Text.Json;
using System.Text.RegularExpressions;

namespace HybridAgents.Providers.Ollama.Emulation;

/// <summary>Reads tool calls out of a block that a model wrote by hand: fences, trailing commas, other names of the same fields, broken JSON.</summary>
internal static partial class ToolBlockParser
{
    private const string UnknownTool = "unknown_tool";

    private static readonly JsonDocumentOptions Tolerant = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The calls: one, or several for an array. A block without a usable name calls <c>unknown_tool</c>, so that the model is told.</summary>
    public static IReadOnlyList<(string Name, string Arguments)> Parse(string block)
    {
        string text = Unfenced(block);
        try
        {
            using JsonDocument json = JsonDocument.Parse(text, Tolerant);
            return json.RootElement.ValueKind == JsonValueKind.Array
                ? [.. json.RootElement.EnumerateArray().Select(Read)]
                : [Read(json.RootElement)];
        }
        catch (JsonException)
        {
            return [Rescue(text)];
        }
    }

    private static (string Name, string Arguments) Read(JsonElement call)
    {
        if (call.ValueKind != JsonValueKind.Object)
            return (UnknownTool, call.GetRawText());
        if (call.TryGetProperty("function", out JsonElement function) && function.ValueKind == JsonValueKind.Object)
            call = function;
        string? name = First(call, "name", "tool", "function") is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        string arguments = First(call, "parameters", "arguments", "args") switch
        {
            null or { ValueKind: JsonValueKind.Null } => "{}",
            { ValueKind: JsonValueKind.String } inner => inner.GetString()!,
            { } element => Strict(element),
        };
        return string.IsNullOrWhiteSpace(name) ? (UnknownTool, call.GetRawText()) : (name, arguments);
    }

    private static JsonElement? First(JsonElement call, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (call.TryGetProperty(name, out JsonElement value))
                return value;
        }

        return null;
    }

    /// <summary>Written anew, because the text may hold the comments and commas that were tolerated.</summary>
    private static string Strict(JsonElement element) => JsonSerializer.Serialize(element);

    private static (string Name, string Arguments) Rescue(string text)
    {
        if (NamePattern().Match(text) is not { Success: true } name)
            return (UnknownTool, text);
        Match field = ArgumentsPattern().Match(text);
        return (name.Groups["name"].Value, field.Success ? Braces(text, field.Index + field.Length - 1) : "{}");
    }

    /// <summary>From the brace at <paramref name="start"/> to the one that closes it, or to the end.</summary>
    private static string Braces(string text, int start)
    {
        int depth = 0;
        bool quoted = false;
        for (int index = start; index < text.Length; index++)
        {
            switch (text[index])
            {
                case '\\' when quoted:
                    index++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '{' when !quoted:
                    depth++;
                    break;
                case '}' when !quoted && --depth == 0:
                    return text[start..(index + 1)];
            }
        }

        return text[start..].TrimEnd();
    }

    private static string Unfenced(string block)
    {
        string text = block.Trim();
        if (!text.StartsWith("```", StringComparison.Ordinal))
            return text;
        int line = text.IndexOf('\n', StringComparison.Ordinal);
        text = line < 0 ? text.Trim('`') : text[(line + 1)..];
        return text.EndsWith("```", StringComparison.Ordinal) ? text[..^3].Trim() : text.Trim();
    }

    [GeneratedRegex("""["']?name["']?\s*:\s*["'](?<name>[^"']+)["']""", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex("""["']?(?:parameters|arguments|args)["']?\s*:\s*\{""", RegexOptions.CultureInvariant)]
    private static partial Regex ArgumentsPattern();
}
