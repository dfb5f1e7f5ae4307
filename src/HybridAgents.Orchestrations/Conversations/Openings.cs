using HybridAgents.Core.Agents;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>What a run begins with beside its request: looked up once, so that every turn and every repetition sees the same.</summary>
/// <param name="History">The conversation before it, as far as it is not in the summary.</param>
/// <param name="Summary">What came before that, in short.</param>
/// <param name="Background">What its agent has looked up.</param>
/// <param name="Label">The label of all that.</param>
internal sealed record Opening(IReadOnlyList<Message> History, string? Summary, string? Background, PrivacyLabel Label)
{
    /// <summary>The same as messages.</summary>
    public IReadOnlyList<Message> ToMessages() => new ContextParts { Messages = History, Summary = Summary }.Whole();
}

/// <summary>The openings of runs, in their partitions: rows <c>p|chunk</c>.</summary>
internal sealed class Openings(ITableStore tables)
{
    private const string Prefix = "p|";
    private const string BytesName = "bytes";

    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    /// <summary>Whether a run with that request has one.</summary>
    public static bool IsNeededBy(RunRequest request) => request.ConversationId is not null || AgentCatalog.AidsOf(request.Agent.AgentType) != AgentAids.None;

    /// <summary>Reads it; null while there is none.</summary>
    public async Task<Opening?> GetAsync(string runId, CancellationToken cancellationToken)
    {
        List<byte> json = [];
        await foreach (TableRow row in _table.QueryAsync(runId, RowRange.Prefix(Prefix), cancellationToken))
            json.AddRange(row.Get<byte[]>(BytesName)!);
        return json.Count == 0 ? null : new Payload(json.ToArray()).As<Opening>();
    }

    /// <summary>Writes it; the first chunk last, without which there is none.</summary>
    public async Task KeepAsync(string runId, Opening opening)
    {
        byte[][] chunks = [.. StepRow.Json(opening).Chunk(RunRequests.ChunkBytes)];
        for (int index = chunks.Length - 1; index >= 0; index--)
            await _table.SubmitAsync([TableOperation.Upsert(new TableRow(runId, $"{Prefix}{index:D4}").Set(BytesName, chunks[index]))], WriteDurability.Ordered, CancellationToken.None);
    }
}
