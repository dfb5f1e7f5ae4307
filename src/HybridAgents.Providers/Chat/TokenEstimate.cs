using HybridAgents.Core.Models;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>Counts tokens of text where a provider reports none and before a prompt is sent, and a little for each message; images are counted by <see cref="ImageContents"/>.</summary>
internal static class TokenEstimate
{
    private const int PerMessage = 4;

    public static int Of(string text) => TokenEstimator.Estimate(text);

    public static int Of(IEnumerable<ChatMessage> messages)
    {
        int tokens = 0;
        foreach (ChatMessage message in messages)
        {
            tokens += PerMessage;
            foreach (AIContent content in message.Contents)
                tokens += Of(content);
        }

        return tokens;
    }

    private static int Of(AIContent content) => content switch
    {
        TextContent text => Of(text.Text),
        FunctionCallContent call => Of(call.Name) + Of(FunctionCalls.ArgumentsOf(call)),
        FunctionResultContent result => Of(result.Result?.ToString() ?? ""),
        _ => 0,
    };
}
