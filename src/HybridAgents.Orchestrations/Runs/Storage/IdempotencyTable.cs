using System.Security.Cryptography;
using System.Text;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>Where an idempotency row lies. Keys are hashed: callers choose them freely.</summary>
internal sealed record IdempotencyKey(string Partition, string Row)
{
    public static IdempotencyKey Of(RunCaller caller, IdempotencyToken token) => new(Hash($"{caller.Tenant}\n{caller.KeyId}\n{token.Route}"), Hash(token.Key));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}

/// <summary>What was accepted under a key.</summary>
internal sealed record IdempotencyClaim(string RunId, string BodyHash, DateTimeOffset CreatedAt);

/// <summary>Remembers for <see cref="Lifetime"/> which run a key started.</summary>
internal sealed class IdempotencyTable(ITableStore tables)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly ITable _table = tables.GetTable(RunKeys.Idempotency);

    /// <summary>Takes the key, or returns the earlier claim that stands.</summary>
    public async Task<IdempotencyClaim?> ClaimAsync(IdempotencyKey key, IdempotencyClaim mine, CancellationToken cancellationToken)
    {
        TableRow row = new TableRow(key.Partition, key.Row).Set("run", mine.RunId).Set("body", mine.BodyHash).Set("created", mine.CreatedAt);
        while (true)
        {
            if ((await _table.SubmitAsync([TableOperation.Insert(row)], WriteDurability.Ordered, cancellationToken)).Succeeded)
                return null;
            if (await _table.GetAsync(key.Partition, key.Row, cancellationToken) is not { } existing)
                continue;
            IdempotencyClaim claim = new(existing.Get<string>("run")!, existing.Get<string>("body")!, existing.Get<DateTimeOffset>("created"));
            if (mine.CreatedAt - claim.CreatedAt < Lifetime)
                return claim;
            if ((await _table.SubmitAsync([TableOperation.Replace(row, existing.ETag)], WriteDurability.Ordered, cancellationToken)).Succeeded)
                return null;
        }
    }

    /// <summary>Forgets a key, if it still belongs to <paramref name="runId"/>.</summary>
    public async Task RemoveAsync(string partition, string row, string runId, CancellationToken cancellationToken)
    {
        if (await _table.GetAsync(partition, row, cancellationToken) is { } existing && existing.Get<string>("run") == runId)
            await _table.SubmitAsync([TableOperation.Delete(partition, row, existing.ETag)], WriteDurability.Durable, cancellationToken);
    }
}
