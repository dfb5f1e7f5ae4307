using System.Diagnostics;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.AgentRun;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Runs;

/// <summary>Accepts runs: idempotency row, index entry, run row, schedule. Only the last write is waited for; it makes those before it durable with it.</summary>
internal sealed class RunStarter(
    ITableStore tables, IDurableClient client, RunLog log, RunRequests requests, RunIndex index, IdempotencyTable idempotency, RunProjection projection, RunPurger purger, TimeProvider time)
{
    /// <summary>How long a claimed key without a run counts as a request in progress; after that its request has died.</summary>
    private static readonly TimeSpan AcceptTime = TimeSpan.FromSeconds(30);

    /// <summary>What is written in one batch with the run row; the rest of a larger request goes before it.</summary>
    private const int MaxRequestChunksInBatch = 4;

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public async Task<RunStart> StartAsync(RunRequest request, RunCaller caller, IdempotencyToken? token, CancellationToken cancellationToken)
    {
        string runId = RunId.New(time);
        IdempotencyKey? key = token is null ? null : IdempotencyKey.Of(caller, token);
        if (key is not null && await idempotency.ClaimAsync(key, runId, token!.BodyHash, cancellationToken) is { } claim)
        {
            if (claim.BodyHash != token.BodyHash)
                return new(RunStartOutcome.KeyReused, null);
            if (await projection.FindAsync(claim.RunId, caller, cancellationToken) is { } earlier)
            {
                if (earlier.BaseStatus == RunStatus.Queued)
                    await ScheduleAsync(earlier, cancellationToken);
                return new(RunStartOutcome.Replayed, await projection.ViewAsync(earlier, cancellationToken));
            }

            if (time.GetUtcNow() - claim.CreatedAt < AcceptTime)
                return new(RunStartOutcome.InProgress, null);
            runId = claim.RunId;
        }

        RunRow run = await WriteAsync(runId, request, caller, key, cancellationToken);
        try
        {
            await ScheduleAsync(run, cancellationToken);
        }
        catch (EngineBusyException)
        {
            // The caller is told to come again: nothing of this attempt may run later.
            await purger.RemoveAsync(run, CancellationToken.None);
            throw;
        }

        return new(RunStartOutcome.Started, RunProjection.Fresh(run));
    }

    /// <summary>Hands a queued run to the engine; nothing changes if the engine has it.</summary>
    public Task ScheduleAsync(RunRow run, CancellationToken cancellationToken) => client.ScheduleNewAsync(
        AgentRunNames.Orchestrator,
        new AgentRunInput(run.Id, run.Deadline, run.MaxTurns, Label: run.Label, Webhook: run.HasWebhook),
        new(run.Id, Duplicates: DuplicateIdPolicy.KeepExisting, TraceParent: Activity.Current?.Id),
        cancellationToken);

    private async Task<RunRow> WriteAsync(string runId, RunRequest request, RunCaller caller, IdempotencyKey? key, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
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
            throw new InvalidOperationException($"The run '{runId}' exists already.");
        if (chunks.Count == 1)
            requests.Keep(runId, request, chunks[0].Row.Get<byte[]>(RunRequests.BytesName)!.Length);
        return new(row);
    }
}
