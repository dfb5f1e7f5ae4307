using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Orchestrations.Conversations;

/// <inheritdoc cref="IConversations"/>
internal sealed class ConversationService(ConversationRows rows, ConversationTurns turns, ConversationRemover remover, TimeProvider time) : IConversations
{
    /// <summary>The most conversations that one page looks at; a search that matches little gets short pages.</summary>
    private const int MaxScanned = 200;

    public async Task<ConversationView> CreateAsync(ConversationDraft draft, RunCaller caller, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        ConversationHead head = new()
        {
            Id = NewId(),
            Tenant = caller.Tenant,
            Title = draft.Title,
            TitleGiven = draft.Title is not null,
            AgentId = draft.AgentId,
            AgentType = draft.AgentType,
            CreatedAt = now,
            UpdatedAt = now,
        };
        await rows.AddAsync(head, cancellationToken);
        return head.ToView();
    }

    public async Task<ConversationView?> GetAsync(string id, RunCaller caller, CancellationToken cancellationToken) => (await FindAsync(id, caller, cancellationToken))?.ToView();

    public async Task<ConversationPage> ListAsync(ConversationQuery query, RunCaller caller, CancellationToken cancellationToken)
    {
        string? after = query.Cursor is { } cursor ? ConversationCursor.Parse(cursor) ?? throw new ArgumentException("The cursor is not one that a listing returned.", nameof(query)) : null;
        string[] words = (query.Search ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        List<ConversationView> found = [];
        int scanned = 0;
        await foreach ((string key, string id) in rows.ListAsync(caller.Tenant, after, cancellationToken))
        {
            if (await rows.FindAsync(id, caller.Tenant, cancellationToken) is not { } head || head.IndexKey() != key)
                continue; // Left behind by a change that was cut off, or being moved right now.
            if (head.Active is not null)
                head = await FindAsync(id, caller, cancellationToken) ?? head;
            if (head.Archived == query.Archived && (query.AgentId is null || query.AgentId == (head.AgentId ?? head.AgentType)) && await MatchesAsync(head, words, cancellationToken))
                found.Add(head.ToView());
            if (found.Count >= Math.Clamp(query.Limit, 1, 100) || ++scanned >= MaxScanned)
                return new(found, ConversationCursor.Format(key));
        }

        return new(found, null);
    }

    public async Task<ConversationView?> ChangeAsync(string id, RunCaller caller, string? title, bool? archived, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, caller, cancellationToken) is null)
            return null;
        return (await rows.ChangeAsync(id, head => head with { Title = title ?? head.Title, TitleGiven = title is not null || head.TitleGiven, Archived = archived ?? head.Archived }, cancellationToken))?.ToView();
    }

    public async Task<IReadOnlyList<ConversationMessage>?> MessagesAsync(string id, RunCaller caller, CancellationToken cancellationToken) =>
        await FindAsync(id, caller, cancellationToken) is { } head ? await ReadAsync(head, cancellationToken) : null;

    public async Task<ConversationChange> DeleteAsync(string id, RunCaller caller, CancellationToken cancellationToken)
    {
        await FindAsync(id, caller, cancellationToken);
        return await rows.ReadAsync(id, cancellationToken) is var (head, _) && head.Tenant == caller.Tenant
            ? await remover.RemoveAsync(id, DateTimeOffset.MaxValue, cancellationToken)
            : ConversationChange.NotFound;
    }

    public async Task<DeletedConversations> DeleteOfAgentAsync(string agentId, RunCaller caller, CancellationToken cancellationToken)
    {
        List<string> ids = [];
        await foreach ((_, string id) in rows.ListAsync(caller.Tenant, null, cancellationToken))
        {
            if (await FindAsync(id, caller, cancellationToken) is { } head && head.AgentId == agentId)
                ids.Add(id);
        }

        DeletedConversations result = new(0, 0);
        foreach (string id in ids)
            result = await remover.RemoveAsync(id, DateTimeOffset.MaxValue, cancellationToken) == ConversationChange.Busy ? result with { Busy = result.Busy + 1 } : result with { Deleted = result.Deleted + 1 };
        return result;
    }

    public async Task<ConversationChange> ClearAsync(string id, RunCaller caller, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, caller, cancellationToken) is null)
            return ConversationChange.NotFound;
        bool busy = false;
        ConversationHead? cleared = await rows.ChangeAsync(id, head => (busy = head.Active is not null || head.Queue.Count > 0) ? null : head with
        {
            HiddenFrom = 0,
            HiddenUntil = head.Next,
            LastTurn = head.Next,
            MessageCount = 0,
            BeforeLastTurn = 0,
            ExchangeCount = 0,
            Summary = null,
            SummaryUntil = head.Next,
            State = new(),
        }, cancellationToken);
        if (busy)
            return ConversationChange.Busy;
        if (cleared is not null)
            await rows.DeleteHiddenAsync(cleared, cancellationToken);
        return ConversationChange.Done;
    }

    public async Task<BranchResult> BranchAsync(string id, RunCaller caller, string? messageId, string? title, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, caller, cancellationToken) is not { } head)
            return new(false, null);
        List<ConversationMessage> messages = await ReadAsync(head, cancellationToken);
        int last = messageId is null ? messages.Count - 1 : messages.FindIndex(message => message.MessageId == messageId);
        bool whole = last >= 0 && (last == messages.Count - 1 || messages[last + 1].Message.Role == MessageRole.User);
        if (!whole && (messageId is not null || messages.Count > 0))
            return new(true, null);
        List<ConversationMessage> taken = [.. messages.Take(last + 1)];
        int lastUser = taken.FindLastIndex(message => message.Message.Role == MessageRole.User);
        DateTimeOffset now = time.GetUtcNow();
        ConversationHead branch = head with
        {
            Id = NewId(),
            Title = title ?? head.Title,
            TitleGiven = title is not null || head.TitleGiven,
            CreatedAt = now,
            UpdatedAt = now,
            Archived = false,
            Next = taken.Count,
            LastTurn = Math.Max(0, lastUser),
            LastAsked = lastUser < 0 ? 0 : 1,
            BeforeLastTurn = Math.Max(0, lastUser),
            HiddenFrom = 0,
            HiddenUntil = 0,
            MessageCount = taken.Count,
            ExchangeCount = taken.Select(message => message.RunId).Distinct().Count(),
            // Made anew when it is due: the other one's may know more than was taken over.
            Summary = null,
            SummaryUntil = 0,
            State = taken.Count == messages.Count ? head.State : new(),
            Active = null,
            Queue = [],
            BranchedFrom = head.Id,
        };
        await rows.WriteMessagesAsync(branch.Id, 0, taken, cancellationToken);
        await rows.AddAsync(branch, cancellationToken);
        return new(true, branch.ToView());
    }

    public async Task<RegenerateResult> LastTurnAsync(string id, RunCaller caller, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, caller, cancellationToken) is not { } head)
            return new(false, null);
        List<Message> asked = [];
        await foreach ((int number, ConversationMessage message) in rows.ReadMessagesAsync(head, head.LastTurn, cancellationToken))
        {
            if (number < head.LastTurn + head.LastAsked)
                asked.Add(message.Message);
        }

        return new(true, asked.Count == 0 ? null : new RunRequest { Messages = asked, ConversationId = id, Regenerates = true, Agent = new() { AgentId = head.AgentId, AgentType = head.AgentType } });
    }

    private async Task<ConversationHead?> FindAsync(string id, RunCaller caller, CancellationToken cancellationToken)
    {
        if (await rows.FindAsync(id, caller.Tenant, cancellationToken) is not { } head)
            return null;
        if (head.Active is null && head.Queue.Count == 0)
            return head;
        await turns.SettleAsync(id, cancellationToken);
        return await rows.FindAsync(id, caller.Tenant, cancellationToken);
    }

    private async Task<bool> MatchesAsync(ConversationHead head, string[] words, CancellationToken cancellationToken)
    {
        HashSet<string> missing = [.. words.Where(word => head.Title?.Contains(word, StringComparison.OrdinalIgnoreCase) != true)];
        if (missing.Count == 0)
            return true;
        await foreach ((_, ConversationMessage message) in rows.ReadMessagesAsync(head, 0, cancellationToken))
        {
            missing.RemoveWhere(word => message.Message.Content?.Contains(word, StringComparison.OrdinalIgnoreCase) == true);
            if (missing.Count == 0)
                return true;
        }

        return false;
    }

    private async Task<List<ConversationMessage>> ReadAsync(ConversationHead head, CancellationToken cancellationToken)
    {
        List<ConversationMessage> messages = [];
        await foreach ((_, ConversationMessage message) in rows.ReadMessagesAsync(head, 0, cancellationToken))
            messages.Add(message);
        return messages;
    }

    private string NewId() => "conv_" + RunId.New(time)["run_".Length..];
}
