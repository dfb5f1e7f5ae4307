using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Routing;

/// <summary>Measures a request, once a turn.</summary>
/// <param name="scanner">Finds what raises the label.</param>
/// <param name="scorer">Scores the newest user message.</param>
public sealed class FeatureExtractor(IPrivacyScanner scanner, IComplexityScorer scorer)
{
    /// <summary>Measures what would be sent.</summary>
    /// <param name="messages">All messages, system prompts included: built-in ones are worded so that they raise nothing.</param>
    /// <param name="label">The conversation's label so far; the result's is never below it.</param>
    /// <param name="tools">The tools on offer.</param>
    /// <param name="maxOutputTokens">Completion tokens asked for.</param>
    public RoutingFeatures Measure(IReadOnlyList<Message> messages, PrivacyLabel label, IReadOnlyList<ToolSpec> tools, int maxOutputTokens)
    {
        PrivacyLabel floor = OutsideText.FloorOf(messages);
        label = label.RaisedTo(floor);
        int tokens = 0;
        foreach (Message message in messages)
            tokens += TokenEstimator.Estimate(message);
        foreach (ToolSpec tool in tools)
            tokens += TokenEstimator.Estimate(tool);
        foreach (string text in OutsideText.Of(messages, tools))
        {
            if (label == PrivacyLabel.LocalOnly)
                break;
            label = label.RaisedTo(scanner.Scan(text));
        }

        return new(scorer.Score(NewestOfUser(messages)), tokens, label, tools.Count > 0, maxOutputTokens, NeedsImages: floor != PrivacyLabel.Standard);
    }

    /// <summary>The newest message of the user, empty if there is none: what the complexity is taken from.</summary>
    public static string NewestOfUser(IReadOnlyList<Message> messages)
    {
        for (int index = messages.Count - 1; index >= 0; index--)
        {
            if (messages[index].Role == MessageRole.User)
                return messages[index].Content ?? "";
        }

        return "";
    }
}
