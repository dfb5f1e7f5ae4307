using System.Collections.Concurrent;
using System.Diagnostics;
using HybridAgents.Core.Agents;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Conversations;
using HybridAgents.Orchestrations.ModelJobs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Workflows;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Accepts runs: idempotency row, index entry, run row, schedule. Only the last write is waited for; it makes those before it durable with it.</summary>
internal sealed class RunStarter(
    ITableStore tables, IDurableClient client, RunLog log, RunRequests requests, RunIndex index, IdempotencyTable idempotency, RunProjection projection, RunPurger purger, IBudgets budgets,
    ConversationTurns turns, TimeProvider time)
{
    /// <summary>Keys whose requests are being accepted by this process. A claimed key without a run that is not among them belongs to a request that died, and is carried on.</summary>
    private readonly ConcurrentDictionary<IdempotencyKey, byte> _accepting = new();

    /// <summary>What is written in one batch with the run row; the rest of a larger request goes before it.</summary>
    private const int MaxRequestChunksInBatch = 4;

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public async Task<RunStart> StartAsync(RunRequest request, RunCaller caller, IdempotencyToken? token, CancellationToken cancellationToken)
    {
        client.ThrowIfBusy();
        request = (request with { Role = caller.Role }).PaidBy(caller.KeyId, caller.Accounts, caller.Tenant);
        if (token is null)
            return await BeginAsync(RunId.New(time), time.GetUtcNow(), request, caller, null, cancellationToken);
        IdempotencyKey key = IdempotencyKey.Of(caller, token);
        bool alone = _accepting.TryAdd(key, 0);
        try
        {
            return await StartOnceAsync(request, caller, key, token.BodyHash, alone, cancellationToken);
        }
        finally
        {
            if (alone)
                _accepting.TryRemove(key, out _);
        }
    }

    /// <summary>Hands a queued run to the engine; nothing changes if the engine has it.</summary>
    public Task ScheduleAsync(RunRow run, CancellationToken cancellationToken)
    {
        AgentRunInput input = new(
            run.Id, run.Deadline, run.MaxTurns, Label: run.Label, Webhook: run.HasWebhook, Prepare: run.NeedsOpening, Conversation: run.ConversationId is not null,
            Remember: AgentCatalog.AidsOf(run.AgentType).HasFlag(AgentAids.Memory));
        StartOptions options = new(run.Id, Duplicates: DuplicateIdPolicy.KeepExisting, TraceParent: Activity.Current?.Id);
        return run switch
        {
            { Job: { } job } => client.ScheduleNewAsync(job, new ModelJobInput(run.Id, run.Deadline), options, cancellationToken),
            { WorkflowId: not null } => client.ScheduleNewAsync(WorkflowNames.Orchestrator, input, options, cancellationToken),
            _ => client.ScheduleNewAsync(AgentRunNames.Orchestrator, input, options, cancellationToken),
        };
    }

    private async Task<RunStart> StartOnceAsync(RunRequest request, RunCaller caller, IdempotencyKey key, string bodyHash, bool alone, CancellationToken cancellationToken)
    {
        IdempotencyClaim mine = new(RunId.New(time), bodyHash, time.GetUtcNow());
        IdempotencyClaim claim = await idempotency.ClaimAsync(key, mine, cancellationToken) ?? mine;
        if (claim.BodyHash != bodyHash)
            return new(RunStartOutcome.KeyReused, null);
        RunRow? earlier = claim == mine ? null : await projection.FindAsync(claim.RunId, caller, cancellationToken);
        if (earlier is { BaseStatus: not RunStatus.Queued })
            return await ReplayAsync(earlier, cancellationToken);
        if (!alone)
            return new(RunStartOutcome.InProgress, null);
        if (earlier is null)
            return await BeginAsync(claim.RunId, claim.CreatedAt, request, caller, key, cancellationToken);
        await ScheduleAsync(earlier, cancellationToken);
        return await ReplayAsync(earlier, cancellationToken);
    }

    private async Task<RunStart> ReplayAsync(RunRow run, CancellationToken cancellationToken) => new(RunStartOutcome.Replayed, await projection.ViewAsync(run, cancellationToken));

    private async Task<RunStart> BeginAsync(
        string runId, DateTimeOffset now, RunRequest request, RunCaller caller, IdempotencyKey? key, CancellationToken cancellationToken)
    {
        foreach (BudgetAccount account in request.Accounts)
        {
            if ((await budgets.GetAsync(account, cancellationToken)).Exhausts(account.Budget))
                return new(RunStartOutcome.BudgetExhausted, null, account);
        }

        // Before the run is written: a conversation never has two turns, and a ticket without a run lapses.
        if (request.ConversationId is { } conversation && Refused(await turns.ClaimAsync(conversation, runId, caller.Tenant, request.WaitsForTurn, cancellationToken)) is { } refused)
            return new(refused, null);
        if (await WriteAsync(runId, now, request, caller, key, cancellationToken) is not { } run)
            return new(RunStartOutcome.InProgress, null); // Another host carried the same key on.
        try
        {
            await ScheduleAsync(run, cancellationToken);
        }
        catch (EngineBusyException)
        {
            // The caller is told to come again: nothing of this attempt may run later.
            await purger.RemoveAsync(run, CancellationToken.None);
            if (request.ConversationId is { } claimed)
                await turns.ReleaseAsync(claimed, runId);
            throw;
        }

        return new(RunStartOutcome.Started, RunProjection.Fresh(run));
    }

    private static RunStartOutcome? Refused(TurnClaim claim) => claim switch
    {
        TurnClaim.Granted => null,
        TurnClaim.Missing => RunStartOutcome.NoConversation,
        TurnClaim.QueueFull => RunStartOutcome.ConversationQueueFull,
        _ => RunStartOutcome.ConversationBusy,
    };

    /// <summary>Null if the run exists already.</summary>
    private async Task<RunRow?> WriteAsync(
        string runId, DateTimeOffset now, RunRequest request, RunCaller caller, IdempotencyKey? key, CancellationToken cancellationToken)
    {
        IndexEntry entry = IndexEntry.Of(caller.Tenant, runId, now);
        await index.AddAsync(entry, request, caller.Tenant, cancellationToken);
        TableRow row = RunRow.New(runId, request, caller.Tenant, now, entry, key);
        IReadOnlyList<TableOperation> chunks = RunRequests.Write(runId, request);
        foreach (TableOperation[] batch in chunks.Skip(MaxRequestChunksInBatch).Chunk(MaxRequestChunksInBatch))
            await _table.SubmitAsync(batch, WriteDurability.Ordered, cancellationToken);
        bool created = await log.CreateAsync(
            runId,
            [TableOperation.Insert(row), .. chunks.Take(MaxRequestChunksInBatch)],
            new(RunEventTypes.RunCreated, new { agent_type = request.Agent.AgentType, origin = request.Origin }),
            cancellationToken);
        if (!created)
            return null;
        if (chunks.Count == 1)
            requests.Keep(runId, request, chunks[0].Row.Get<byte[]>(RunRequests.BytesName)!.Length);
        return new(row);
    }
}
