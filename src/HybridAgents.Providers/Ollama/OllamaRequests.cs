using System.Text.Json;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Ollama;

/// <summary>Translates messages and tools for models whose tools are native.</summary>
internal static class OllamaRequests
{
    private static readonly JsonElement EmptyObject = JsonDocument.Parse("{}").RootElement;
    private static readonly JsonElement AnyJson = JsonDocument.Parse("\"json\"").RootElement;

    public static IReadOnlyList<OllamaMessage> ToMessages(IReadOnlyList<ChatMessage> messages)
    {
        Dictionary<string, string> toolOfCall = [];
        List<OllamaMessage> result = new(messages.Count);
        foreach (ChatMessage message in messages)
        {
            foreach (FunctionCallContent call in message.Contents.OfType<FunctionCallContent>())
                toolOfCall[call.CallId] = call.Name;
            result.Add(ToMessage(message, toolOfCall));
        }

        return result;
    }

    public static IReadOnlyList<OllamaTool> ToTools(IEnumerable<AITool> tools) =>
        [.. tools.OfType<AIFunctionDeclaration>().Select(tool => new OllamaTool(new(tool.Name, tool.Description, tool.JsonSchema)))];

    /// <summary>Yes and no are booleans, degrees are words.</summary>
    public static JsonElement ToThink(string setting) =>
        bool.TryParse(setting, out bool flag) ? JsonSerializer.SerializeToElement(flag) : JsonSerializer.SerializeToElement(setting.ToLowerInvariant());

    /// <summary>The form of the answer, as the server names it; null for text.</summary>
    public static JsonElement? ToFormat(ChatResponseFormat? format) => format is ChatResponseFormatJson json ? json.Schema ?? AnyJson : null;

    /// <summary>The images of a message; null if there are none.</summary>
    public static IReadOnlyList<string>? ToImages(ChatMessage message) =>
        message.Contents.OfType<DataContent>().Select(static image => image.Base64Data.ToString()).ToList() is { Count: > 0 } images ? images : null;

    private static OllamaMessage ToMessage(ChatMessage message, Dictionary<string, string> toolOfCall)
    {
        if (message.Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } result)
            return new() { Role = "tool", Content = result.Result?.ToString() ?? "", ToolName = toolOfCall.GetValueOrDefault(result.CallId, "unknown") };
        IReadOnlyList<OllamaToolCall> calls = [.. message.Contents.OfType<FunctionCallContent>().Select(ToCall)];
        return new() { Role = message.Role.Value, Content = message.Text, Images = ToImages(message), ToolCalls = calls.Count > 0 ? calls : null };
    }

    private static OllamaToolCall ToCall(FunctionCallContent call)
    {
        try
        {
            using JsonDocument arguments = JsonDocument.Parse(FunctionCalls.ArgumentsOf(call));
            return new(new(call.Name, arguments.RootElement.ValueKind == JsonValueKind.Object ? arguments.RootElement.Clone() : EmptyObject));
        }
        catch (JsonException)
        {
            return new(new(call.Name, EmptyObject)); // The server takes objects only; the tool's own message tells the model what was wrong.
        }
    }
}
