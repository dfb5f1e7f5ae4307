using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Removes conversations with all that was said in them: messages, and the runs that made them. What is cut off is finished by whoever deletes it again, or by the sweeper.</summary>
internal sealed class ConversationRemover(ITableStore tables, ConversationRows rows, RunPurger purger)
{
    private const int RunsAtOnce = 16;

    private readonly ITable _runs = tables.GetTable(RunKeys.Runs);

    /// <summary>Removes a conversation that no turn has. From its first write on nobody finds it.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="before">It is left alone if its newest turn ended at or after this time.</param>
    /// <param name="cancellationToken">Ends the work; it can be repeated.</param>
    public async Task<ConversationChange> RemoveAsync(string id, DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (await rows.ChangeAsync(id, head => head.IsDeleted || IsBusy(head) || head.UpdatedAt >= before ? null : head.Deleted(), cancellationToken) is not { } head)
            return ConversationChange.NotFound;
        if (!head.IsDeleted)
            return ConversationChange.Busy;
        foreach (string[] runs in (await rows.RunsAsync(id, cancellationToken)).Chunk(RunsAtOnce))
            await Task.WhenAll(runs.Select(run => PurgeAsync(run, cancellationToken)));
        await rows.RemoveAsync(head, cancellationToken);
        return ConversationChange.Done;
    }

    private static bool IsBusy(ConversationHead head) => head.Active is not null || head.Queue.Count > 0;

    private async Task PurgeAsync(string runId, CancellationToken cancellationToken)
    {
        if (await _runs.GetAsync(runId, RunKeys.Run, cancellationToken) is { } row)
            await purger.PurgeAsync(new(row), cancellationToken);
    }
}
