using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Durable.Tables;
using HybridAgents.Providers;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Api.Health;

/// <summary>Storage works if a row can be written durably: the table <c>health</c> has one, and it is overwritten.</summary>
internal sealed class StorageProbe(ITableStore tables, TimeProvider time, ILogger<StorageProbe> logger) : IHealthProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    private readonly ITable _table = tables.GetTable("health");
    private (long At, Task<DependencyHealth> Result)? _last;

    /// <inheritdoc/>
    /// <remarks>Open to everybody, so at most one write in 2 s.</remarks>
    public Task<DependencyHealth> CheckAsync(CancellationToken cancellationToken)
    {
        lock (_table)
        {
            if (_last is not { } last || time.GetElapsedTime(last.At) > Remembered)
                _last = (time.GetTimestamp(), WriteAsync());
            return _last.Value.Result.WaitAsync(cancellationToken);
        }
    }

    private async Task<DependencyHealth> WriteAsync()
    {
        try
        {
            TableRow row = new TableRow("health", "probe").Set("at", time.GetUtcNow());
            await _table.SubmitAsync([TableOperation.Upsert(row)]).AsTask().WaitAsync(Limit, time);
            return new("storage", HealthState.Ok, null);
        }
        catch (TimeoutException)
        {
            return new("storage", HealthState.Down, "A write did not become durable within 2 s.");
        }
        catch (Exception error)
        {
            logger.LogError(error, "The storage probe failed");
            return new("storage", HealthState.Down, "A write failed; the log says why.");
        }
    }
}

/// <summary>Providers work if a model can be called; one that cannot is a degradation.</summary>
internal sealed class ProviderProbe(IModelDirectory directory) : IHealthProbe
{
    public async Task<DependencyHealth> CheckAsync(CancellationToken cancellationToken)
    {
        ModelSnapshot snapshot = await directory.GetAsync(cancellationToken);
        List<IGrouping<string, ModelInfo>> providers = [.. snapshot.Models.GroupBy(static model => model.Ref.Provider, StringComparer.Ordinal)];
        List<string> unavailable = [.. providers
            .Where(provider => !provider.Any(model => snapshot.Health.GetValueOrDefault(model.Ref, ModelHealth.Unknown).Available))
            .Select(static provider => provider.Key)];
        if (providers.Count == unavailable.Count)
            return new("providers", HealthState.Degraded, "No model can be called now.");
        return unavailable.Count == 0
            ? new("providers", HealthState.Ok, $"Available: {string.Join(", ", providers.Select(static provider => provider.Key))}.")
            : new("providers", HealthState.Degraded, $"Unavailable: {string.Join(", ", unavailable)}.");
    }
}
