namespace HybridAgents.Core.Usage;

/// <summary>Tokens of one or several model calls.</summary>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="Estimated">Whether they were counted here because the provider reported none.</param>
public readonly record struct TokenUsage(int PromptTokens, int CompletionTokens, bool Estimated = false)
{
    /// <summary>Gets the sum.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;

    public static TokenUsage operator +(TokenUsage left, TokenUsage right) =>
        new(left.PromptTokens + right.PromptTokens, left.CompletionTokens + right.CompletionTokens, left.Estimated || right.Estimated);
}
