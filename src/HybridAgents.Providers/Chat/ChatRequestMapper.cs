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
        Tools = request.Tools.Count == 0 ? null : [.. request.Tools.Select(ToolDeclaration.Of)],
        TopP = (float?)request.Options.TopP,
        FrequencyPenalty = (float?)request.Options.FrequencyPenalty,
        PresencePenalty = (float?)request.Options.PresencePenalty,
        Seed = request.Options.Seed,
        StopSequences = request.Options.Stop.Count == 0 ? null : [.. request.Options.Stop],
        ResponseFormat = request.Options.Format is { } format ? ToFormat(format) : null,
        ToolMode = request.Options.Tool is { } demand ? ToMode(demand) : null,
        // The abstraction knows fewer levels than there are, no probabilities and nothing of strictness: the adapters that can read it here.
        AdditionalProperties = AnswerExtras.Of(request.Options),
    };

    private static ChatResponseFormatJson ToFormat(AnswerFormat format) =>
        format.Schema is { } schema ? ChatResponseFormat.ForJsonSchema(schema, format.Name, format.Description) : ChatResponseFormat.Json;

    private static RequiredChatToolMode ToMode(ToolDemand demand) => demand.Name is { } name ? ChatToolMode.RequireSpecific(name) : ChatToolMode.RequireAny;

    private static ChatMessage ToMessage(Message message)
    {
        ChatMessage result = new() { Role = ToRole(message.Role), AuthorName = message.Name };
        if (message.Role == MessageRole.Tool)
        {
            result.Contents.Add(new FunctionResultContent(message.ToolCallId ?? "", message.Content ?? ""));
            return result;
        }

        AddContent(result, message.Content ?? "", message.Images ?? []);
        foreach (ToolCall call in message.ToolCalls ?? [])
            result.Contents.Add(FunctionCalls.ToContent(call.Id, call.Name, call.Arguments));
        return result;
    }

    private static void AddContent(ChatMessage result, string text, IReadOnlyList<MessageImage> images)
    {
        int at = 0;
        foreach (MessageImage image in images)
        {
            int place = Math.Clamp(image.Position, at, text.Length);
            AddText(text[at..place].Trim('\n'));
            result.Contents.Add(ImageContents.Of(image));
            at = place;
        }

        AddText(at == 0 ? text : text[at..].TrimStart('\n'));

        void AddText(string piece)
        {
            if (piece.Length > 0)
                result.Contents.Add(new TextContent(piece));
        }
    }

    private static ChatRole ToRole(MessageRole role) => role switch
    {
        MessageRole.System => ChatRole.System,
        MessageRole.Assistant => ChatRole.Assistant,
        MessageRole.Tool => ChatRole.Tool,
        _ => ChatRole.User,
    };
}
