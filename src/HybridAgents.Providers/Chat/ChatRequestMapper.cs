using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>Translates a model request into the chat abstraction.</summary>
internal static class ChatRequestMapper
{
    public static IReadOnlyList<ChatMessage> ToMessages(ModelRequest request)
    {
        List<ChatMessage> messages = new(request.Messages.Count);
        foreach (Message message in request.Messages)
            messages.Add(ToMessage(message));
        return messages;
    }

    public static CallOptions ToOptions(ModelRequest request, PrivacyLabel label) => new()
    {
        Request = request,
        Label = label,
        ModelId = request.Model.Model,
        Temperature = (float?)request.Temperature,
        MaxOutputTokens = request.MaxOutputTokens,
        AllowMultipleToolCalls = request.Tools.Count == 0 ? null : request.ParallelToolCalls,
        Tools = request.Tools.Count == 0 ? null : [.. request.Tools.Select(ToTool)],
    };

    private static AITool ToTool(ToolSpec tool) => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Parameters);

    private static ChatMessage ToMessage(Message message)
    {
        ChatMessage result = new() { Role = ToRole(message.Role), AuthorName = message.Name };
        if (message.Role == MessageRole.Tool)
        {
            result.Contents.Add(new FunctionResultContent(message.ToolCallId ?? "", message.Content ?? ""));
            return result;
        }

        if (!string.IsNullOrEmpty(message.Content))
            result.Contents.Add(new TextContent(message.Content));
        foreach (ToolCall call in message.ToolCalls ?? [])
            result.Contents.Add(FunctionCalls.ToContent(call.Id, call.Name, call.Arguments));
        return result;
    }

    private static ChatRole ToRole(MessageRole role) => role switch
    {
        MessageRole.System => ChatRole.System,
        MessageRole.Assistant => ChatRole.Assistant,
        MessageRole.Tool => ChatRole.Tool,
        _ => ChatRole.User,
    };
}
