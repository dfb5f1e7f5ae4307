using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;

namespace HybridAgents.Core.Privacy;

/// <summary>All text in a model request that may come from outside the binary: what must be scanned before it is sent.</summary>
public static class OutsideText
{
    /// <summary>The texts of a request.</summary>
    public static IEnumerable<string> Of(ModelRequest request) => Of(request.Messages, request.Tools).Concat(Of(request.Options));

    /// <summary>The texts of what is asked of an answer: ends, the form with its schema, the tool demanded.</summary>
    public static IEnumerable<string> Of(AnswerOptions options)
    {
        foreach (string stop in options.Stop)
            yield return stop;
        if (options.Format is { } format)
        {
            yield return format.Name ?? "";
            yield return format.Description ?? "";
            yield return format.Schema?.GetRawText() ?? "";
        }

        if (options.Tool?.Name is { } tool)
            yield return tool;
    }

    /// <summary>The least label of messages, whatever their text: what cannot be scanned is private.</summary>
    public static PrivacyLabel FloorOf(IReadOnlyList<Message> messages)
    {
        for (int index = 0; index < messages.Count; index++)
        {
            if (messages[index].Images is { Count: > 0 })
                return PrivacyLabel.Private;
        }

        return PrivacyLabel.Standard;
    }

    /// <summary>The texts of messages (content, addresses of images, names, tool calls with their ids and arguments) and of tools on offer (description and schema).</summary>
    public static IEnumerable<string> Of(IReadOnlyList<Message> messages, IReadOnlyList<ToolSpec> tools)
    {
        foreach (Message message in messages)
        {
            if (message.Content is { Length: > 0 } content)
                yield return content;
            foreach (MessageImage image in message.Images ?? [])
            {
                if (!image.IsData)
                    yield return image.Url;
            }

            if (message.Name is { } name)
                yield return name;
            if (message.ToolCallId is { } answered)
                yield return answered;
            foreach (ToolCall call in message.ToolCalls ?? [])
            {
                yield return call.Id;
                yield return call.Name;
                yield return call.Arguments;
            }
        }

        foreach (ToolSpec tool in tools)
        {
            yield return tool.Name;
            yield return tool.Description;
            yield return tool.Parameters.GetRawText();
        }
    }
}
