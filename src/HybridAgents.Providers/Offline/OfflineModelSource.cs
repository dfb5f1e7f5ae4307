using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Providers.Offline;

/// <summary>The one model of the offline provider.</summary>
internal sealed class OfflineModelSource : IModelSource
{
    private const int Window = 131_072;

    private static readonly ModelInfo Demo = new()
    {
        Ref = new("offline", OfflineChatClient.Model),
        Locality = Locality.Local,
        ContextWindow = Window,
        SupportsTools = true,
        Features = ModelFeatures.TopP | ModelFeatures.Penalties | ModelFeatures.Seed, // It never samples, so each of them holds.
        Quality = 0,
        Speed = ModelSpeed.Fast,
        Price = new(0, 0),
        LastResort = true,
        IsProviderDefault = true,
    };

    public Locality Locality => Locality.Local;

    public Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ModelInfo>>([Demo]);

    public Task<ModelInfo?> ShowAsync(string model, CancellationToken cancellationToken) =>
        Task.FromResult(string.Equals(model, OfflineChatClient.Model, StringComparison.OrdinalIgnoreCase) ? Demo : null);

    public ValueTask<Locality> GetLocalityAsync(string model, CancellationToken cancellationToken) => ValueTask.FromResult(Locality.Local);

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
