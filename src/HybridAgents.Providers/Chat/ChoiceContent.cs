using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>A piece of one of several answers, which the chat abstraction has no place for; a single answer's pieces come without it.</summary>
/// <param name="choice">Which answer, from 0.</param>
/// <param name="content">The piece; null at the end.</param>
/// <param name="reason">Why this answer ended; null before its end.</param>
internal sealed class ChoiceContent(int choice, AIContent? content, ChatFinishReason? reason = null) : AIContent
{
    public int Choice { get; } = choice;

    public AIContent? Content { get; } = content;

    public ChatFinishReason? Reason { get; } = reason;
}
