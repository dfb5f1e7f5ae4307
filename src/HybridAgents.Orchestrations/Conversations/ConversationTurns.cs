using System.Globalization;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>What a claim for a conversation came to.</summary>
internal enum TurnClaim
{
    /// <summary>The run has the conversation, or its place in the queue.</summary>
    Granted,

    /// <summary>Another turn has it, and the run was not to wait.</summary>
    Busy,

    /// <summary>As many turns wait as may.</summary>
    QueueFull,

    /// <summary>There is no such conversation.</summary>
    Missing,
}

/// <summary>Whose turn it is.</summary>
internal enum TurnState
{
    Mine,
    Waiting,

    /// <summary>The conversation, or the run's place in it, is gone.</summary>
    Gone,
}

/// <summary>Gives each conversation to one run at a time, and keeps what its turns come to, once.</summary>
/// <remarks>A ticket is taken before its run is written and given back with the run's turn. A run that ended without giving it back is found by whoever wants the conversation next.</remarks>
internal sealed class ConversationTurns(ITableStore tables, ConversationRows rows, RunRequests requests, Transcript transcript, IDurableClient client, TimeProvider time)
{
    /// <summary>The most turns that wait for one conversation.</summary>
    public const int MaxQueue = 16;

    /// <summary>How long after its ticket a run may be without a row: its host may be about to write it.</summary>
    private static readonly TimeSpan TicketGrace = TimeSpan.FromMinutes(1);

    private readonly ITable _runs = tables.GetTable(RunKeys.Runs);

    /// <summary>Claims a conversation for a run that is about to be written. May be repeated.</summary>
    public async Task<TurnClaim> ClaimAsync(string id, string runId, string tenant, bool wait, CancellationToken cancellationToken)
    {
        await SettleAsync(id, cancellationToken);
        TurnClaim claim = TurnClaim.Missing;
        await rows.ChangeAsync(id, head =>
        {
            claim = head.Tenant != tenant || head.IsDeleted ? TurnClaim.Missing
                : Has(head, runId) || (head.Active is null && head.Queue.Count == 0) ? TurnClaim.Granted
                : !wait ? TurnClaim.Busy
                : head.Queue.Count >= MaxQueue ? TurnClaim.QueueFull
                : TurnClaim.Granted;
            if (claim != TurnClaim.Granted || Has(head, runId))
                return null;
            TurnTicket ticket = new(runId, time.GetUtcNow());
            return head.Active is null && head.Queue.Count == 0 ? head with { Active = ticket } : head with { Queue = [.. head.Queue, ticket] };
        }, cancellationToken);
        return claim;
    }

    /// <summary>Takes the conversation if it is the run's turn.</summary>
    public async Task<(TurnState State, ConversationHead? Head)> TakeAsync(string id, string runId)
    {
        await SettleAsync(id, CancellationToken.None);
        ConversationHead? head = await rows.ChangeAsync(
            id, head => head.Active is null && head.Queue is [var first, ..] && first.RunId == runId ? head with { Active = first, Queue = [.. head.Queue.Skip(1)] } : null, CancellationToken.None);
        return head switch
        {
            { Active.RunId: var active } when active == runId => (TurnState.Mine, head),
            not null when Has(head, runId) => (TurnState.Waiting, head),
            _ => (TurnState.Gone, null),
        };
    }

    /// <summary>Gives a ticket back whose run will not be.</summary>
    public async Task ReleaseAsync(string id, string runId)
    {
        ConversationHead? head = await rows.ChangeAsync(id, head => Has(head, runId) ? head.Without(runId) : null, CancellationToken.None);
        await WakeNextAsync(head);
    }

    /// <summary>Keeps the turns of runs that ended without doing so, and drops tickets whose runs never came to be.</summary>
    public async Task SettleAsync(string id, CancellationToken cancellationToken)
    {
        if (await rows.ReadAsync(id, cancellationToken) is not var (head, _))
            return;
        foreach (TurnTicket ticket in head.Active is { } active ? head.Queue.Prepend(active) : head.Queue)
        {
            if (await _runs.GetAsync(ticket.RunId, RunKeys.Run, cancellationToken) is not { } row)
            {
                if (time.GetUtcNow() - ticket.At > TicketGrace)
                    await ReleaseAsync(id, ticket.RunId);
            }
            else if (new RunRow(row).BaseStatus.IsTerminal())
            {
                await KeepAsync(ticket.RunId);
            }
        }
    }

    /// <summary>Keeps the turn of a run that has ended, gives the conversation back and wakes the next. Whoever calls it, the turn is kept once.</summary>
    /// <returns>The conversation; null if the run has none, or goes on.</returns>
    public async Task<ConversationHead?> KeepAsync(string runId)
    {
        if (await _runs.GetAsync(runId, RunKeys.Run, CancellationToken.None) is not { } runRow || new RunRow(runRow) is not { ConversationId: { } id } run || !run.BaseStatus.IsTerminal())
            return null;
        while (await rows.ReadAsync(id, CancellationToken.None) is var (head, etag))
        {
            if (!Has(head, runId))
                return head;
            await rows.NoteRunAsync(id, runId, CancellationToken.None);
            ConversationHead next = head.Without(runId) with { Label = head.Label.RaisedTo(run.Label) };
            RunRequest? request = await requests.GetAsync(runId, CancellationToken.None);
            requests.Forget(runId);
            if (head.Active?.RunId == runId && request is not null && await TurnOfAsync(run, request) is { Count: > 0 } turn)
            {
                if (head.HiddenUntil > head.HiddenFrom)
                    await rows.DeleteHiddenAsync(head, CancellationToken.None);
                await rows.WriteMessagesAsync(id, head.Next, turn, CancellationToken.None);
                next = Extend(next, turn, request, run.EndedAt ?? time.GetUtcNow());
            }

            if (!await rows.TryReplaceAsync(head, next, etag, CancellationToken.None))
                continue;
            if (request?.Regenerates == true)
                await rows.DeleteHiddenAsync(next, CancellationToken.None);
            await WakeNextAsync(next);
            return next;
        }

        return null;
    }

    private async Task WakeNextAsync(ConversationHead? head)
    {
        if (head is not { Active: null, Queue: [var first, ..] })
            return;
        try
        {
            await client.RaiseEventAsync(first.RunId, Mailbox.WakeUp, cancellationToken: CancellationToken.None);
        }
        catch (InstanceNotFoundException)
        {
            // It is not scheduled yet, and takes its turn when it is.
        }
    }

    private static bool Has(ConversationHead head, string runId) => head.Active?.RunId == runId || head.Queue.Any(ticket => ticket.RunId == runId);

    private static ConversationHead Extend(ConversationHead head, IReadOnlyList<ConversationMessage> turn, RunRequest request, DateTimeOffset at)
    {
        bool regenerates = request.Regenerates;
        int replaced = regenerates ? head.MessageCount - head.BeforeLastTurn : 0;
        return head with
        {
            Title = head.Title ?? ConversationText.Title(turn.FirstOrDefault(message => message.Message.Role == MessageRole.User)?.Message.Content),
            UpdatedAt = at > head.UpdatedAt ? at : head.UpdatedAt,
            HiddenFrom = regenerates ? head.LastTurn : 0,
            HiddenUntil = regenerates ? head.Next : 0,
            BeforeLastTurn = head.MessageCount - replaced,
            MessageCount = head.MessageCount - replaced + turn.Count,
            ExchangeCount = head.ExchangeCount + (regenerates && head.ExchangeCount > 0 ? 0 : 1),
            LastTurn = head.Next,
            LastAsked = request.Messages.Count(static message => message.Role != MessageRole.System),
            Next = head.Next + turn.Count,
        };
    }

    /// <summary>What a run adds to its conversation: what was asked and what came of it. Nothing if it came to no answer: half a turn would mislead the next one.</summary>
    private async Task<IReadOnlyList<ConversationMessage>> TurnOfAsync(RunRow run, RunRequest request)
    {
        IReadOnlyList<StoredMessage> all = await transcript.ReadAllAsync(run.Id, request.Messages, run.CreatedAt, CancellationToken.None);
        bool answered = all.Count > request.Messages.Count && all[^1].Message is { Role: MessageRole.Assistant, ToolCalls: null };
        if (run.BaseStatus == RunStatus.Failed || !answered)
            return [];
        return
        [
            .. all.Where(static message => message.Message.Role != MessageRole.System).Select(message => new ConversationMessage(
                message.MessageId ?? string.Create(CultureInfo.InvariantCulture, $"msg_{run.Id.AsSpan("run_".Length)}_m{message.Index}"), run.Id, message.CreatedAt, message.Message)),
        ];
    }
}
