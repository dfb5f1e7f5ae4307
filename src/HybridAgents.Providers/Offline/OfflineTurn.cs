using HybridAgents.Providers.Chat;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Offline;

/// <summary>What the offline model does next: calls tools, or says a text.</summary>
/// <param name="Calls">The calls; empty when there is text.</param>
/// <param name="Text">The text; empty when there are calls.</param>
/// <param name="PromptTokens">Tokens of the conversation, estimated.</param>
internal sealed record OfflineTurn(IReadOnlyList<FunctionCallContent> Calls, string Text, int PromptTokens)
{
    public static OfflineTurn Read(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        int newest = LastUserMessage(messages);
        string question = newest < 0 ? "" : messages[newest].Text.Trim();
        IReadOnlyList<AIContent> since = [.. messages.Skip(newest + 1).SelectMany(message => message.Contents)];
        IReadOnlyList<FunctionCallContent> made = [.. since.OfType<FunctionCallContent>()];

        IReadOnlyList<FunctionCallContent> calls = Missing(question, made, messages.Count, options);
        return new(calls, calls.Count > 0 ? "" : Say(question, made, since), TokenEstimate.Of(messages));
    }

    private static IReadOnlyList<FunctionCallContent> Missing(string question, IReadOnlyList<FunctionCallContent> made, int position, ChatOptions? options)
    {
        HashSet<string> offered = [.. (options?.Tools ?? []).Select(tool => tool.Name)];
        // Counted, not compared: arguments may have been rewritten on their way through the store, and a call must never be repeated for that.
        Dictionary<string, int> done = made.CountBy(call => call.Name).ToDictionary();
        IEnumerable<OfflineIntent> missing = OfflineIntents.Read(question)
            .Where(intent => offered.Contains(intent.Tool))
            .GroupBy(intent => intent.Tool)
            .SelectMany(group => group.Skip(done.GetValueOrDefault(group.Key)));
        if (options?.AllowMultipleToolCalls == false)
            missing = missing.Take(1);
        return [.. missing.Select((intent, index) => FunctionCalls.ToContent($"call_{position}_{index}", intent.Tool, intent.Arguments))];
    }

    private static string Say(string question, IReadOnlyList<FunctionCallContent> made, IReadOnlyList<AIContent> since)
    {
        Dictionary<string, string> results = [];
        foreach (FunctionResultContent result in since.OfType<FunctionResultContent>())
            results[result.CallId] = result.Result?.ToString() ?? "";
        if (made.Any(call => results.ContainsKey(call.CallId)))
            return OfflineAnswer.FromResults(made.Where(call => results.ContainsKey(call.CallId)).Select(call => (call, results[call.CallId])));
        return OfflineIntents.CountTo(question) is { } number ? OfflineAnswer.Count(number) : OfflineAnswer.Introduction(question);
    }

    private static int LastUserMessage(IReadOnlyList<ChatMessage> messages)
    {
        int index = messages.Count - 1;
        while (index >= 0 && messages[index].Role != ChatRole.User)
            index--;
        return index;
    }
}
