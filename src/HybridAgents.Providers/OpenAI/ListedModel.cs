using System.Text.Json;

namespace HybridAgents.Providers.OpenAI;

/// <summary>A listed model with what services report beyond OpenAI's own fields; null where they say nothing.</summary>
/// <param name="Id">The name.</param>
/// <param name="Window">Tokens of prompt and answer together.</param>
/// <param name="Chats">Whether it can chat.</param>
/// <param name="Tools">Whether it can call tools.</param>
/// <param name="Images">Whether it can see images.</param>
internal sealed record ListedModel(string Id, int? Window = null, bool? Chats = null, bool? Tools = null, bool? Images = null)
{
    /// <summary>vLLM, Mistral, and those that follow either.</summary>
    private static readonly string[] WindowFields = ["max_model_len", "max_context_length", "context_length", "context_window"];

    /// <exception cref="JsonException">It is not a list of models.</exception>
    public static IReadOnlyList<ListedModel> Read(BinaryData list)
    {
        using JsonDocument json = JsonDocument.Parse(list);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.Array)
            throw new JsonException("There is no list of models.");
        return [.. data.EnumerateArray().Select(Read).OfType<ListedModel>()];
    }

    private static ListedModel? Read(JsonElement model)
    {
        if (model.ValueKind != JsonValueKind.Object || !model.TryGetProperty("id", out JsonElement id) || id.GetString() is not { Length: > 0 } name)
            return null;
        JsonElement? capabilities = model.TryGetProperty("capabilities", out JsonElement found) && found.ValueKind == JsonValueKind.Object ? found : null;
        return new(name, WindowOf(model), Flag(capabilities, "completion_chat"), Flag(capabilities, "function_calling"), Flag(capabilities, "vision"));
    }

    private static int? WindowOf(JsonElement model)
    {
        foreach (string field in WindowFields)
        {
            if (model.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int tokens) && tokens > 0)
                return tokens;
        }

        return null;
    }

    private static bool? Flag(JsonElement? capabilities, string name) =>
        capabilities is { } some && some.TryGetProperty(name, out JsonElement flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean() : null;
}
