using System.Text;
using System.Text.Json;
using HybridAgents.Core.Conversations;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>Carries a tool call through the chat abstraction without losing the text that the model wrote.</summary>
/// <remarks>The abstraction wants parsed arguments; a model may write text that does not parse, and that text must reach the validator as it is.</remarks>
internal static class FunctionCalls
{
    public static FunctionCallContent ToContent(string id, string name, string arguments)
    {
        string text = string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments;
        FunctionCallContent content = FunctionCallContent.CreateFromParsedArguments(
            text, id, name, static json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json) ?? []);
        content.RawRepresentation = text;
        return content;
    }

    public static ToolCall ToToolCall(FunctionCallContent content) => new(content.CallId, content.Name, ArgumentsOf(content));

    public static string ArgumentsOf(FunctionCallContent content) =>
        content.RawRepresentation as string ?? JsonSerializer.Serialize(content.Arguments ?? new Dictionary<string, object?>());

    /// <summary>Whether the text is a JSON object, which is all that some services take.</summary>
    public static bool IsObject(string arguments)
    {
        try
        {
            Utf8JsonReader json = new(Encoding.UTF8.GetBytes(arguments));
            return json.Read() && json.TokenType == JsonTokenType.StartObject && json.TrySkip() && !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
