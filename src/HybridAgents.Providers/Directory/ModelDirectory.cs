using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Providers.Health;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Providers.Directory;

/// <inheritdoc cref="IModelDirectory"/>
internal sealed class ModelDirectory(ProviderRegistry registry, ModelHealthBoard board, CatalogueFile catalogue, TimeProvider time, ILogger<ModelDirectory> logger) : IModelDirectory, IModelLists
{
    private readonly Lock _lock = new();
    private volatile Shelving _shelving = new([], []);

    public async ValueTask<ModelSnapshot> GetAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Shelf> shelves = Shelves();
        if (catalogue.Refresh())
        {
            foreach (Shelf shelf in shelves)
                shelf.Lists.Forget();
        }

        ValueTask<ModelList>[] lists = [.. shelves.Select(shelf => shelf.Lists.GetAsync(cancellationToken))];
        Dictionary<ModelRef, ModelHealth> health = board.Read();
        List<ModelInfo> models = [];
        for (int index = 0; index < lists.Length; index++)
            shelves[index].Add(await lists[index], models, health);
        return new(models, health) { PriceTableVersion = catalogue.PriceTableVersion };
    }

    public void Forget(string provider)
    {
        foreach (Shelf shelf in Shelves().Where(shelf => shelf.Provider.Name == provider))
            shelf.Lists.Forget();
    }

    /// <summary>A shelf for each provider: what is known of one that has stayed the same is kept.</summary>
    private IReadOnlyList<Shelf> Shelves()
    {
        IReadOnlyList<ModelProvider> providers = registry.Providers;
        if (ReferenceEquals(_shelving.Providers, providers))
            return _shelving.Shelves;
        lock (_lock)
        {
            IReadOnlyList<Shelf> known = _shelving.Shelves;
            _shelving = new(providers, [.. providers.Select(provider =>
                known.FirstOrDefault(shelf => ReferenceEquals(shelf.Provider, provider)) ?? new(provider, catalogue, new(provider, catalogue, time, logger)))]);
            return _shelving.Shelves;
        }
    }

    private sealed record Shelving(IReadOnlyList<ModelProvider> Providers, IReadOnlyList<Shelf> Shelves);

    /// <summary>One provider's part of the directory.</summary>
    private sealed class Shelf(ModelProvider provider, CatalogueFile catalogue, ModelListCache lists)
    {
        private bool _discovered;

        public ModelProvider Provider => provider;

        public ModelListCache Lists { get; } = lists;

        /// <summary>Adds the models, the default first. A default that is not there, or not known to be, is added as unavailable; but if it was configured, and the provider is merely slow, it is worth a try.</summary>
        public void Add(ModelList list, List<ModelInfo> models, Dictionary<ModelRef, ModelHealth> health)
        {
            _discovered |= list.Models.Count > 0;
            if (!provider.Settings.Configured && !_discovered)
                return;

            ModelInfo? preferred = list.Models.FirstOrDefault(model => model.IsProviderDefault);
            if (preferred is not null)
                models.Add(preferred);
            else if (provider.Settings.Model.Length > 0 && ModelNames.MayChat(provider.Settings.Model) && (!list.Answered || provider.Settings.ModelConfigured))
                models.Add(Absent(health, tryIt: list is { Answered: false, Slow: true } && provider.Settings.ModelConfigured));
            models.AddRange(list.Models.Where(model => !model.IsProviderDefault));
        }

        private ModelInfo Absent(Dictionary<ModelRef, ModelHealth> health, bool tryIt)
        {
            ModelRef absent = new(provider.Name, provider.Settings.Model);
            if (!tryIt)
                health[absent] = health.GetValueOrDefault(absent, ModelHealth.Unknown) with { Available = false };
            return catalogue.Over(ModelCatalogue.Describe(absent, provider.Source.Locality)) with { IsProviderDefault = true, Split = ModelListCache.SplitOf(provider.Settings) };
        }
    }
}
