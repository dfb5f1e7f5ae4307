using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using HybridAgents.Core.Models;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Reads several answers from one stream. The SDK shows the first choice of a chunk only and never its index, so a chunk is looked at as it came.</summary>
/// <param name="model">The model that was asked.</param>
/// <param name="count">How many answers were asked for.</param>
internal sealed class OpenAIChoices(ModelRef model, int count)
{
    private readonly OpenAIAnswer[] _answers = [.. Enumerable.Range(0, count).Select(_ => new OpenAIAnswer(model))];
    private int _ended;

    /// <summary>The chunk as an update, with the finish reason once all answers have ended.</summary>
    /// <exception cref="ProviderException">The chunk reports an error, or belongs to no answer.</exception>
    public ChatResponseUpdate Read(StreamingChatCompletionUpdate chunk)
    {
        ChatResponseUpdate update = new() { Role = ChatRole.Assistant, ModelId = string.IsNullOrEmpty(chunk.Model) ? null : chunk.Model };
        foreach ((int choice, StreamingChatCompletionUpdate part) in Split(chunk))
        {
            ChatResponseUpdate read = _answers[choice].Read(part);
            foreach (AIContent content in read.Contents)
                update.Contents.Add(content is UsageContent ? content : new ChoiceContent(choice, content));
            if (read.FinishReason is not { } reason)
                continue;
            update.Contents.Add(new ChoiceContent(choice, content: null, reason));
            update.FinishReason = ++_ended == count ? reason : null;
        }

        return update;
    }

    /// <exception cref="ProviderException">The service gave fewer answers than it was asked for: it takes no notice of the field.</exception>
    public void DemandAll()
    {
        if (_ended < count)
            throw new ProviderException(model, ProviderFault.Rejected, $"The service gave {_ended} of {count} answers.");
    }

    private IEnumerable<(int Choice, StreamingChatCompletionUpdate Part)> Split(StreamingChatCompletionUpdate chunk)
    {
        JsonNode json = JsonNode.Parse(ModelReaderWriter.Write(chunk))!;
        if (json["choices"] is not JsonArray { Count: > 0 } choices)
        {
            yield return (0, chunk);
            yield break;
        }

        foreach (JsonNode? choice in choices)
        {
            int index = choice?["index"]?.GetValue<int>() ?? 0;
            if (index < 0 || index >= count)
                throw new ProviderException(model, ProviderFault.Malformed, $"The answer has a choice {index}, and {count} were asked for.");
            if (choices.Count == 1)
            {
                yield return (index, chunk);
                continue;
            }

            JsonNode single = json.DeepClone();
            single["choices"] = new JsonArray(choice!.DeepClone());
            yield return (index, ModelReaderWriter.Read<StreamingChatCompletionUpdate>(BinaryData.FromString(single.ToJsonString()))!);
        }
    }
}
