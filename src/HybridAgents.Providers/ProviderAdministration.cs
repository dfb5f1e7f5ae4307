using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Health;
using HybridAgents.Providers.Http;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Providers;

/// <summary>Changes providers while the host runs. Calls under way end with the provider they began with; the next decision sees the new ones. Safe for concurrent use.</summary>
public sealed partial class ProviderAdministration
{
    private readonly Lock _lock = new();
    private readonly ProviderMerge _merge;
    private readonly ProviderFactory _factory;
    private readonly ProviderRegistry _registry;
    private readonly ModelHealthBoard _board;
    private readonly ILogger<ProviderAdministration> _logger;
    private volatile IReadOnlyList<ProviderSettings> _settings;

    internal ProviderAdministration(ProviderMerge merge, ProviderFactory factory, ProviderRegistry registry, ModelHealthBoard board, ILogger<ProviderAdministration> logger)
    {
        (_merge, _factory, _registry, _board, _logger) = (merge, factory, registry, board, logger);
        _settings = merge.Merge([], static (_, _) => { });
    }

    /// <summary>Gets the settings of every provider, enabled or not, as they are in force.</summary>
    public IReadOnlyList<ProviderSettings> Settings => _settings;

    /// <summary>What is wrong with an override; empty if it can be applied.</summary>
    public IReadOnlyList<OverrideFault> Check(ProviderOverride change)
    {
        List<OverrideFault> faults = [];
        _merge.Merge(change, faults);
        return faults;
    }

    /// <summary>Puts overrides in force, in place of those before. One that this host cannot serve turns its provider off, and the log says why.</summary>
    public void Apply(IReadOnlyList<ProviderOverride> overrides)
    {
        lock (_lock)
        {
            _settings = _merge.Merge(overrides, (change, fault) => LogRefused(change.Name, fault.Field, fault.Message));
            IReadOnlyList<ModelProvider> before = _registry.Providers;
            List<ModelProvider> now = [];
            foreach (ProviderSettings settings in ProviderFactory.Enabled(_settings))
            {
                if (before.FirstOrDefault(known => known.Settings == settings) is not { } provider)
                {
                    provider = _factory.Create(settings);
                    _board.Forget(settings.Name);
                    LogChanged(settings.Name);
                }

                now.Add(provider);
            }

            // What is left out is not disposed of: calls may be under way in it, and its idle connections close by themselves.
            _registry.Replace(now);
        }
    }

    /// <summary>The settings of a provider as they would be with an override that has no fault.</summary>
    /// <exception cref="ArgumentException">It has one.</exception>
    public ProviderSettings With(ProviderOverride change)
    {
        List<OverrideFault> faults = [];
        return _merge.Merge(change, faults) is { } settings && faults.Count == 0 ? settings : throw new ArgumentException(faults[0].Message, nameof(change));
    }

    /// <summary>Asks a provider for its models, as it would be with an override that has no fault. Nothing is kept.</summary>
    /// <exception cref="ProviderException">It did not answer, or refused. The message does not hold the key.</exception>
    public async Task<IReadOnlyList<ModelInfo>> TryAsync(ProviderOverride change, CancellationToken cancellationToken)
    {
        using ModelProvider provider = _factory.Create(With(change));
        return await provider.Source.ListAsync(cancellationToken);
    }

    /// <summary>Where a provider's models run, unless one of them is known to run elsewhere.</summary>
    public static Locality LocalityOf(ProviderSettings settings) => EndpointLocality.Of(settings);

    [LoggerMessage(EventId = 3103, Level = LogLevel.Information, Message = "Provider {Provider} has new settings")]
    private partial void LogChanged(string provider);

    [LoggerMessage(EventId = 3104, Level = LogLevel.Warning, Message = "Provider {Provider} is off, for this host cannot serve what is stored of it: {Field} {Reason}")]
    private partial void LogRefused(string provider, string field, string reason);
}
