using System.Text.RegularExpressions;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using AbstractMessage = Microsoft.Extensions.AI.ChatMessage;
using WireMessage = OpenAI.Chat.ChatMessage;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Translates messages.</summary>
internal static partial class OpenAIMessages
{
    public static IEnumerable<WireMessage> ToWire(IEnumerable<AbstractMessage> messages, OpenAIProfile profile) => messages.Select(message => ToWire(message, profile));

    private static WireMessage ToWire(AbstractMessage message, OpenAIProfile profile)
    {
        if (message.Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } result)
            return new ToolChatMessage(OpenAICallIds.Fit(result.CallId, profile.CallIdLength), result.Result?.ToString() ?? "");
        if (message.Role == ChatRole.System)
            return new SystemChatMessage(message.Text);
        if (message.Role == ChatRole.Assistant)
            return ToAssistant(message, profile);
        UserChatMessage user = message.Contents.Any(static content => content is DataContent or UriContent) ? new(message.Contents.Select(ToPart)) : new(message.Text);
        if (profile.Names && message.AuthorName is { } name && ParticipantPattern().IsMatch(name))
            user.ParticipantName = name;
        return user;
    }

    private static ChatMessageContentPart ToPart(AIContent content) => content switch
    {
        DataContent image => ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(image.Data), image.MediaType, DetailOf(image)),
        UriContent image => ChatMessageContentPart.CreateImagePart(image.Uri, DetailOf(image)),
        _ => ChatMessageContentPart.CreateTextPart(content.ToString()),
    };

    private static ChatImageDetailLevel? DetailOf(AIContent image) => ImageContents.DetailOf(image) is { } detail ? new(detail) : null;

    private static AssistantChatMessage ToAssistant(AbstractMessage message, OpenAIProfile profile)
    {
        ChatToolCall[] calls = [.. message.Contents.OfType<FunctionCallContent>().Select(call =>
            ChatToolCall.CreateFunctionToolCall(OpenAICallIds.Fit(call.CallId, profile.CallIdLength), call.Name, BinaryData.FromString(ArgumentsOf(call, profile))))];
        if (calls.Length == 0)
            return new AssistantChatMessage(message.Text);
        AssistantChatMessage assistant = new(calls);
        if (message.Text.Length > 0)
            assistant.Content.Add(ChatMessageContentPart.CreateTextPart(message.Text));
        return assistant;
    }

    /// <summary>Where only objects are taken, others become empty: the tool's own message tells the model what was wrong.</summary>
    private static string ArgumentsOf(FunctionCallContent call, OpenAIProfile profile)
    {
        string written = FunctionCalls.ArgumentsOf(call);
        return profile.AnyArguments || FunctionCalls.IsObject(written) ? written : "{}";
    }

    /// <summary>What the service accepts as a name; other names are left out.</summary>
    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex ParticipantPattern();
}
