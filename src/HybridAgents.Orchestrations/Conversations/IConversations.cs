using System.Text.Json.Serialization;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Conversations as the HTTP API needs them. Every call sees only the caller's tenant: another tenant's conversation is as absent as one that never was.</summary>
public interface IConversations
{
    /// <summary>Makes an empty conversation.</summary>
    Task<ConversationView> CreateAsync(ConversationDraft draft, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Reads a conversation; null if there is none. What a run has answered by now is in it.</summary>
    Task<ConversationView?> GetAsync(string id, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Lists conversations, newest activity first. A page may be short; the cursor says whether more may follow.</summary>
    /// <exception cref="ArgumentException">The cursor is not one that a listing returned.</exception>
    Task<ConversationPage> ListAsync(ConversationQuery query, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Changes title or archive; null if there is no such conversation.</summary>
    Task<ConversationView?> ChangeAsync(string id, RunCaller caller, string? title, bool? archived, CancellationToken cancellationToken);

    /// <summary>The messages, oldest first; null if there is no such conversation.</summary>
    Task<IReadOnlyList<ConversationMessage>?> MessagesAsync(string id, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Deletes a conversation with its messages and runs.</summary>
    Task<ConversationChange> DeleteAsync(string id, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Deletes the conversations that an agent answers in, with their messages and runs. One that a turn has stays.</summary>
    Task<DeletedConversations> DeleteOfAgentAsync(string agentId, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Removes all messages, the summary and the state; title, agent and label stay.</summary>
    Task<ConversationChange> ClearAsync(string id, RunCaller caller, CancellationToken cancellationToken);

    /// <summary>Makes a conversation of this one's messages up to and with one of them, under its label.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="messageId">The last message that is taken over, an exchange's last; null for all.</param>
    /// <param name="title">Its title; null for this one's.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task<BranchResult> BranchAsync(string id, RunCaller caller, string? messageId, string? title, CancellationToken cancellationToken);

    /// <summary>What to ask again so that the newest turn is made anew.</summary>
    Task<RegenerateResult> LastTurnAsync(string id, RunCaller caller, CancellationToken cancellationToken);
}

/// <summary>A conversation that is to be made.</summary>
/// <param name="Title">Its title; null to have one made after the first turn.</param>
/// <param name="AgentId">The agent that answers in it unless a turn names another; null for none.</param>
/// <param name="AgentType">The type that answers in it.</param>
public sealed record ConversationDraft(string? Title, string? AgentId, string AgentType);

/// <summary>A conversation without its messages.</summary>
public sealed record ConversationView
{
    public required string ConversationId { get; init; }
    public string Object { get; } = "conversation";
    public string? Title { get; init; }
    public string? AgentId { get; init; }
    public required string AgentType { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its newest turn ended.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
    public required bool Archived { get; init; }

    /// <summary>The highest label of its turns: what follows has it at least.</summary>
    public required PrivacyLabel PrivacyLevel { get; init; }
    public required int MessageCount { get; init; }

    /// <summary>How many turns it has.</summary>
    public required int ExchangeCount { get; init; }

    /// <summary>The run that has it now; null while nobody has.</summary>
    public string? ActiveRunId { get; init; }

    /// <summary>The runs that wait for their turn, in order.</summary>
    public required IReadOnlyList<string> QueuedRunIds { get; init; }

    /// <summary>What came before the messages that models are shown whole.</summary>
    public string? Summary { get; init; }

    /// <summary>What an agent of the type <c>conversation</c> has understood of it.</summary>
    public required ConversationState State { get; init; }

    /// <summary>The conversation that it was branched from; absent if from none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BranchedFrom { get; init; }
}

/// <summary>A message of a conversation.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="RunId">The run that it is from.</param>
/// <param name="CreatedAt">When it was said, UTC.</param>
/// <param name="Message">The message.</param>
public sealed record ConversationMessage(string MessageId, string? RunId, DateTimeOffset CreatedAt, Message Message);

/// <summary>Conversations, newest activity first.</summary>
public sealed record ConversationPage(IReadOnlyList<ConversationView> Conversations, string? Cursor);

/// <summary>Which conversations a list returns.</summary>
public sealed record ConversationQuery
{
    /// <summary>Gets words that title or messages must have, all of them, in any case; null for any.</summary>
    public string? Search { get; init; }

    /// <summary>Gets whether archived ones are listed, and only they.</summary>
    public bool Archived { get; init; }

    /// <summary>Gets the agent that answers in them, a stored agent's id or a built-in type; null for any.</summary>
    public string? AgentId { get; init; }

    /// <summary>Gets the most that are returned, 1 to 100.</summary>
    public int Limit { get; init; } = 20;

    public string? Cursor { get; init; }
}

/// <summary>What became of an agent's conversations.</summary>
/// <param name="Deleted">How many are gone.</param>
/// <param name="Busy">How many are there still, since a turn has them.</param>
public sealed record DeletedConversations(int Deleted, int Busy);

/// <summary>What became of a change.</summary>
public enum ConversationChange
{
    Done,

    /// <summary>There is no such conversation.</summary>
    NotFound,

    /// <summary>A turn has it.</summary>
    Busy,
}

/// <summary>What became of a branch.</summary>
/// <param name="Found">Whether there is such a conversation.</param>
/// <param name="Conversation">The new one; null if the message is not an exchange's last, or not there.</param>
public sealed record BranchResult(bool Found, ConversationView? Conversation);

/// <summary>What to ask again.</summary>
/// <param name="Found">Whether there is such a conversation.</param>
/// <param name="Request">A request with the newest turn's messages and agent; null if there is no turn.</param>
public sealed record RegenerateResult(bool Found, RunRequest? Request);
