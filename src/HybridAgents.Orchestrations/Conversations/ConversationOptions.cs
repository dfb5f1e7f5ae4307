namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Settings of conversations, bound from the section <c>Conversations</c>.</summary>
public sealed class ConversationOptions
{
    internal const int MaxRetentionDays = 3650;

    /// <summary>Gets or sets after how many days without a turn a conversation is deleted, archived or not: 1 to 3650; null, the default, for never.</summary>
    public int? RetentionDays { get; set; }
}
