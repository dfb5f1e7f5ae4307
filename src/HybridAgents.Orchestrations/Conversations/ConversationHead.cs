using System.Text.Json.Serialization;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>A conversation without its messages: the row that all changes go through, under its ETag.</summary>
internal sealed record ConversationHead
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public string? Title { get; init; }

    /// <summary>Gets whether a person has given the title: it is never made anew.</summary>
    public bool TitleGiven { get; init; }

    public string? AgentId { get; init; }

    public required string AgentType { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public bool Archived { get; init; }

    /// <summary>Gets the highest label of its turns; only ever raised.</summary>
    public PrivacyLabel Label { get; init; }

    /// <summary>Gets the number that the next message gets.</summary>
    public int Next { get; init; }

    /// <summary>Gets the number of the newest turn's first message; the same as <see cref="Next"/> without a turn.</summary>
    public int LastTurn { get; init; }

    /// <summary>Gets the messages that are replaced or cleared, and not deleted yet: from this number …</summary>
    public int HiddenFrom { get; init; }

    /// <summary>… to before this one.</summary>
    public int HiddenUntil { get; init; }

    public int MessageCount { get; init; }

    /// <summary>Gets how many of the newest turn's messages were asked, not answered.</summary>
    public int LastAsked { get; init; }

    /// <summary>Gets how many messages there were before the newest turn.</summary>
    public int BeforeLastTurn { get; init; }

    public int ExchangeCount { get; init; }

    /// <summary>Gets the turn that has the conversation; null while nobody has.</summary>
    public TurnTicket? Active { get; init; }

    /// <summary>Gets the turns that wait for it, in order.</summary>
    public IReadOnlyList<TurnTicket> Queue { get; init; } = [];

    public string? Summary { get; init; }

    /// <summary>Gets the number of the first message that is not in the summary.</summary>
    public int SummaryUntil { get; init; }

    public ConversationState State { get; init; } = new();

    /// <summary>Gets the conversation that this one was branched from; null if from none.</summary>
    public string? BranchedFrom { get; init; }

    /// <summary>Gets whether it has been deleted, and its rows are being removed: there is no such conversation any more.</summary>
    [JsonIgnore]
    public bool IsDeleted => UpdatedAt == DateTimeOffset.MinValue;

    /// <summary>The same, deleted. It is older than any other, so whoever looks for old ones finds it if its removal was cut off.</summary>
    public ConversationHead Deleted() => this with { UpdatedAt = DateTimeOffset.MinValue };

    /// <summary>The entry in the tenant's list: newest activity first.</summary>
    public string IndexKey() => $"{IndexEntry.Inverted(UpdatedAt)}|{Id}";

    public bool IsHidden(int number) => number >= HiddenFrom && number < HiddenUntil;

    /// <summary>Without that turn, whether it has the conversation or waits for it.</summary>
    public ConversationHead Without(string runId) => this with
    {
        Active = Active?.RunId == runId ? null : Active,
        Queue = [.. Queue.Where(ticket => ticket.RunId != runId)],
    };

    public ConversationView ToView() => new()
    {
        ConversationId = Id,
        Title = Title,
        AgentId = AgentId,
        AgentType = AgentType,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
        Archived = Archived,
        PrivacyLevel = Label,
        MessageCount = MessageCount,
        ExchangeCount = ExchangeCount,
        ActiveRunId = Active?.RunId,
        QueuedRunIds = [.. Queue.Select(ticket => ticket.RunId)],
        Summary = Summary,
        State = State,
        BranchedFrom = BranchedFrom,
    };
}

/// <summary>A run that has a conversation, or waits for it.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">Since when: a ticket whose run was never written lapses.</param>
internal sealed record TurnTicket(string RunId, DateTimeOffset At);
