using System.Runtime.CompilerServices;
using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Offline;

/// <summary>The built-in model <c>offline:demo</c>: the same conversation always gets the same answer, with nothing installed.</summary>
/// <remarks>
/// It calls <c>calculator</c>, <c>get_time</c> and <c>search_knowledge_base</c> when they are on offer and the newest user message asks for
/// arithmetic, the time or a search; then it words an answer from the results. "count to N" streams N numbers (at most 10,000), which is
/// handy for watching a stream and for cancelling it. The tools of agents (tasks, memory, state of the conversation, work for others) it calls in the same manner. Anything else gets a short answer that says what it is.
/// </remarks>
internal sealed class OfflineChatClient : StreamClient
{
    public const string Model = "demo";

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await ValueTask.CompletedTask;
        OfflineTurn turn = OfflineTurn.Read([.. messages], options);
        int budget = options?.MaxOutputTokens ?? int.MaxValue;
        int spent = 0;
        ChatFinishReason reason = ChatFinishReason.Stop;

        foreach (FunctionCallContent call in turn.Calls)
        {
            spent += TokenEstimate.Of(call.Name) + TokenEstimate.Of(FunctionCalls.ArgumentsOf(call));
            reason = ChatFinishReason.ToolCalls;
            yield return new(ChatRole.Assistant, [call]) { ModelId = Model };
        }

        foreach (string word in Words(turn.Text))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (spent + TokenEstimate.Of(word) > budget)
            {
                reason = ChatFinishReason.Length;
                break;
            }

            spent += TokenEstimate.Of(word);
            yield return new(ChatRole.Assistant, word) { ModelId = Model };
        }

        UsageDetails usage = new() { InputTokenCount = turn.PromptTokens, OutputTokenCount = spent, TotalTokenCount = turn.PromptTokens + spent };
        yield return new(ChatRole.Assistant, [new UsageContent(usage)]) { ModelId = Model, FinishReason = reason };
    }

    /// <summary>Cuts behind every space and line end, so that the pieces joined are the text.</summary>
    private static IEnumerable<string> Words(string text)
    {
        int start = 0;
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] is not (' ' or '\n'))
                continue;
            yield return text[start..(index + 1)];
            start = index + 1;
        }

        if (start < text.Length)
            yield return text[start..];
    }
}
