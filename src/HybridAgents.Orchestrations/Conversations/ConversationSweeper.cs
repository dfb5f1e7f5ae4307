using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Runs.Sweeping;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Deletes conversations that had no turn for <see cref="ConversationOptions.RetentionDays"/> days, and finishes deletions that were cut off.</summary>
internal sealed class ConversationSweeper(
    RunIndex index, ConversationRows rows, ConversationRemover remover, IOptions<ConversationOptions> options, TimeProvider time, ILogger<ConversationSweeper> logger)
    : Sweeper(TimeSpan.FromHours(1), time, logger)
{
    private readonly TimeProvider _time = time;

    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset limit = options.Value.RetentionDays is { } days ? _time.GetUtcNow().AddDays(-days) : DateTimeOffset.UnixEpoch;
        foreach (string tenant in await index.TenantsAsync(cancellationToken))
        {
            await foreach ((_, string id) in rows.ListAsync(tenant, IndexEntry.Inverted(limit), cancellationToken))
                await remover.RemoveAsync(id, limit, cancellationToken);
        }
    }
}
