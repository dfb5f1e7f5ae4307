using System.Text;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Ollama.Emulation;

/// <summary>Puts tools, calls and results into plain text, for models whose template knows no tools.</summary>
internal static class ToolPrompt
{
    public const string Open = "<tool>";
    public const string Close = "</tool>";

    private const string Instruction =
        "To use a tool, write a block like <tool>{\"name\": \"tool_name\", \"parameters\": {\"parameter\": \"value\"}}</tool> and then stop and wait for its "
        + "result. Use several blocks to use several tools. Use no tool when you can answer without one, and never invent a result.";

    /// <summary>The conversation as text; the tools are described at the end of the system prompt.</summary>
    public static IReadOnlyList<OllamaMessage> ToMessages(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        Dictionary<string, string> toolOfCall = [];
        List<OllamaMessage> result = [];
        string description = Describe(tools);
        if (messages.Count == 0 || messages[0].Role != ChatRole.System)
            result.Add(new() { Role = "system", Content = description });
        foreach (ChatMessage message in messages)
        {
            foreach (FunctionCallContent call in message.Contents.OfType<FunctionCallContent>())
                toolOfCall[call.CallId] = call.Name;
            string text = Text(message, toolOfCall);
            if (result.Count == 0)
                text = $"{text}\n\n{description}";
            // A role that the template does not know would be dropped without a word.
            result.Add(new() { Role = message.Role == ChatRole.Tool ? "user" : message.Role.Value, Content = text, Images = OllamaRequests.ToImages(message) });
        }

        return result;
    }

    private static string Describe(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        StringBuilder text = new("You can use these tools:\n");
        foreach (AIFunctionDeclaration tool in tools)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\nTool: {tool.Name}\nDescription: {tool.Description}\nParameters (JSON Schema): {tool.JsonSchema.GetRawText()}\n");
        return text.Append('\n').Append(Instruction).ToString();
    }

    private static string Text(ChatMessage message, Dictionary<string, string> toolOfCall)
    {
        if (message.Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } result)
            return $"[Tool Result: {toolOfCall.GetValueOrDefault(result.CallId, "unknown")}]\n{result.Result}";
        IEnumerable<string> calls = message.Contents.OfType<FunctionCallContent>()
            .Select(call => $"{Open}{{\"name\": \"{call.Name}\", \"parameters\": {FunctionCalls.ArgumentsOf(call)}}}{Close}");
        return string.Join("\n", calls.Prepend(message.Text).Where(part => part.Length > 0));
    }
}
