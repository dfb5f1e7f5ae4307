using HybridAgents.Orchestrations.Runs.Sweeping;
using HybridAgents.Providers;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Configuration;

/// <summary>Puts stored settings of providers in force: before the host serves, and within 5 s of a change by another host.</summary>
/// <remarks>A host makes its background services before it checks its settings; providers are made from checked ones, hence later.</remarks>
internal sealed class ProviderSync(StoredProviders stored, Lazy<ProviderAdministration> administration, TimeProvider time, ILogger<ProviderSync> logger)
    : Sweeper(Interval, time, logger), IProviderSync
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private string _version = "";

    /// <inheritdoc/>
    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            (IReadOnlyList<StoredProvider> providers, string version) = await stored.ListAsync(cancellationToken);
            if (version == _version)
                return;
            administration.Value.Apply([.. providers.Select(static provider => provider.Settings)]);
            _version = version;
        }
        finally
        {
            _gate.Release();
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _gate.Dispose();
    }

    Task IProviderSync.RefreshAsync(CancellationToken cancellationToken) => SweepAsync(cancellationToken);
}

/// <summary>Makes a change of stored providers count on this host at once.</summary>
public interface IProviderSync
{
    /// <summary>Reads what is stored and puts it in force.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);
}
