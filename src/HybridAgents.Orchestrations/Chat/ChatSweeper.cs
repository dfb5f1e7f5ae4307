using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Sweeping;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>Removes the rows of chats from days more than <see cref="RunOptions.RetentionDays"/> ago.</summary>
internal sealed class ChatSweeper(ChatLog log, IOptions<RunOptions> options, TimeProvider time, ILogger<ChatSweeper> logger) : Sweeper(TimeSpan.FromHours(1), time, logger)
{
    /// <summary>How far beyond the retention it looks, in days: a host may have been off for long.</summary>
    private const int LookBackDays = 400;

    private readonly TimeProvider _time = time;

    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset newest = _time.GetUtcNow().AddDays(-options.Value.RetentionDays - 1);
        for (int back = 0; back <= LookBackDays; back++)
            await log.RemoveAsync(newest.AddDays(-back), cancellationToken);
    }
}
