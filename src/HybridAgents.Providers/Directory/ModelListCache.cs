using HybridAgents.Core.Models;
using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Providers.Directory;

/// <summary>Asks one provider for its models at most once a minute, and never twice at the same time. Safe for concurrent use.</summary>
/// <param name="provider">The provider.</param>
/// <param name="catalogue">What the operator says of models.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told when the provider goes away and when it comes back.</param>
internal sealed partial class ModelListCache(ModelProvider provider, CatalogueFile catalogue, TimeProvider time, ILogger<ModelDirectory> logger)
{
    /// <summary>How long a list is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>How long silence is believed: a provider that comes back is seen sooner than a new model.</summary>
    public static readonly TimeSpan SilenceLifetime = TimeSpan.FromSeconds(10);

    /// <summary>How long a provider may take, so that planning a turn is never slow: its earlier list serves on.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take when there is no earlier list.</summary>
    public static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private ModelList? _list;
    private long _listedAt;
    private Task<ModelList>? _listing;
    private bool _stale;

    /// <summary>The provider's part in a split; null for none.</summary>
    public static TrafficSplit? SplitOf(ProviderSettings settings) => settings.Split is { } split ? new(split, settings.Weight) : null;

    /// <summary>The list, from memory or freshly asked for; a failure is <see cref="ModelList.Silent"/>, never an exception.</summary>
    public ValueTask<ModelList> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_stale && _list is { } list && time.GetElapsedTime(_listedAt) < (list is { Answered: true, Slow: false } ? Lifetime : SilenceLifetime))
                return ValueTask.FromResult(list);
            _stale = false;
            // Shared by all who ask meanwhile, so it must not end with the first one's patience.
            _listing ??= Task.Run(ListAsync, CancellationToken.None);
            return new(_listing.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Lets the list be asked for again; until it comes, and if it does not, the old one is what is known.</summary>
    public void Forget()
    {
        lock (_lock)
            _stale = true;
    }

    private async Task<ModelList> ListAsync()
    {
        ModelList list = ModelList.Silent;
        using CancellationTokenSource patience = new(_list is { Answered: true } ? Patience : FirstPatience, time);
        try
        {
            IEnumerable<ModelInfo> listed = (await provider.Source.ListAsync(patience.Token)).Where(static model => ModelNames.MayChat(model.Ref.Model));
            TrafficSplit? split = SplitOf(provider.Settings);
            list = new([.. listed.Select(catalogue.Over).Select(model => split is null ? model : model with { Split = split })], Answered: true);
        }
        catch (Exception error) // Whatever one provider does, the others are still listed.
        {
            if (patience.IsCancellationRequested)
                list = (_list ?? ModelList.Silent) with { Slow = true };
            if (provider.Settings.Configured && _list is null or { Answered: true, Slow: false })
                LogSilent(provider.Name, error.Message);
        }

        if (list.Answered && _list is { Answered: false })
            LogBack(provider.Name);
        lock (_lock)
        {
            _list = list;
            _listedAt = time.GetTimestamp();
            _listing = null;
        }

        return list;
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "Provider {Provider} did not list its models: {Reason}")]
    private partial void LogSilent(string provider, string reason);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Information, Message = "Provider {Provider} lists its models")]
    private partial void LogBack(string provider);
}
