using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Usage;

namespace HybridAgents.Api.Chat;

/// <summary>The parts that whole and streamed answers share.</summary>
internal static class ChatJson
{
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = ApiJson.Options.Encoder, SkipValidation = true };

    public static void WriteUsage(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject();
        json.WriteNumber("prompt_tokens", usage.PromptTokens);
        json.WriteNumber("completion_tokens", usage.CompletionTokens);
        json.WriteNumber("total_tokens", usage.TotalTokens);
        json.WriteEndObject();
    }

    /// <summary>The fields of a tool call, inside an object that has begun.</summary>
    public static void WriteCall(Utf8JsonWriter json, ToolCall call)
    {
        json.WriteString("id", call.Id);
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        json.WriteString("name", call.Name);
        json.WriteString("arguments", call.Arguments);
        json.WriteEndObject();
    }

    /// <summary>The member <c>logprobs</c>; null if there are none.</summary>
    public static void WriteProbabilities(Utf8JsonWriter json, IReadOnlyList<JsonElement> tokens)
    {
        if (tokens.Count == 0)
        {
            json.WriteNull("logprobs");
            return;
        }

        json.WriteStartObject("logprobs");
        json.WriteStartArray("content");
        foreach (JsonElement part in tokens)
        {
            foreach (JsonElement token in part.EnumerateArray())
                token.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteNull("refusal");
        json.WriteEndObject();
    }
}
