using HybridAgents.Orchestrations.Runs.Sweeping;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Configuration;

/// <summary>Puts stored settings in force: before the host serves, and within 5 s of a change by another host.</summary>
internal sealed class SettingsSync(StoredSettings stored, RuntimeSettings settings, TimeProvider time, ILogger<SettingsSync> logger)
    : Sweeper(ProviderSync.Interval, time, logger), ISettingsSync
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _version;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await PassAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task SweepAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            SettingsVersion now = await stored.ReadAsync(cancellationToken);
            if (now.Version == _version)
                return;
            settings.Apply(now.Values);
            _version = now.Version;
        }
        finally
        {
            _gate.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _gate.Dispose();
    }

    Task ISettingsSync.RefreshAsync(CancellationToken cancellationToken) => SweepAsync(cancellationToken);
}

/// <summary>Makes a change of stored settings count on this host at once.</summary>
public interface ISettingsSync
{
    /// <summary>Reads what is stored and puts it in force.</summary>
    Task RefreshAsync(CancellationToken cancellationToken);
}
