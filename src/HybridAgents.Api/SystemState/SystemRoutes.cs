using System.Reflection;
using HybridAgents.Api.Health;
using HybridAgents.Api.Models;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Providers;
using HybridAgents.Providers.Cache;
using HybridAgents.Providers.Directory;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.SystemState;

/// <summary>How this host and its models do, in one answer each.</summary>
public sealed class SystemRoutes(IEnumerable<IHealthProbe> probes, IModelDirectory directory, ProviderRegistry registry, ResponseCache cache, CatalogueFile catalogue, TimeProvider time) : IApiRoutes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly string Version = typeof(SystemRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _started = time.GetTimestamp();

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("GetSystemModels", "GET", "/api/v1/system/models", ApiAccess.Read, ModelsAsync)
        {
            Tag = "System", Summary = "Lists the models with what is known of them, those that are loaded now, and the version of the price table.",
            Answers = [new(200, typeof(SystemModels), "The models, in order of preference.")],
        },
        new("GetSystemStatus", "GET", "/api/v1/system/status", ApiAccess.Read, StatusAsync)
        {
            Tag = "System", Summary = "Says how this host does: dependencies, providers, response cache, memory.", Answers = [new(200, typeof(SystemStatus), "Its status, whatever it is.")],
        },
    ];

    private async Task<IResult> ModelsAsync(HttpContext http)
    {
        ModelSnapshot snapshot = await directory.GetAsync(http.RequestAborted);
        IReadOnlyList<LoadedModel>[] loaded = await Task.WhenAll(registry.Providers.Select(provider => LoadedAsync(provider, http.RequestAborted)));
        return ApiResults.Json(new SystemModels(
            [.. snapshot.Models.Select(model => ModelView.From(model, snapshot.Health.GetValueOrDefault(model.Ref, ModelHealth.Unknown)))],
            [.. loaded.SelectMany(static models => models)],
            catalogue.PriceTableVersion));
    }

    private async Task<IResult> StatusAsync(HttpContext http)
    {
        DependencyHealth[] dependencies = await Task.WhenAll(probes.Select(probe => probe.CheckAsync(http.RequestAborted)));
        ModelSnapshot snapshot = await directory.GetAsync(http.RequestAborted);
        ProviderState[] providers = [.. registry.Providers.Select(provider =>
        {
            ModelInfo[] models = [.. snapshot.Models.Where(model => model.Ref.Provider == provider.Name)];
            return new ProviderState(provider.Name, models.Any(model => snapshot.Health.GetValueOrDefault(model.Ref, ModelHealth.Unknown).Available), models.Length);
        })];
        return ApiResults.Json(new SystemStatus(
            dependencies.Max(static dependency => dependency.Status), Version, _startedAt, (long)time.GetElapsedTime(_started).TotalSeconds,
            Environment.WorkingSet, dependencies, providers, cache.Statistics));
    }

    /// <summary>What a provider has loaded; nothing of one that does not say.</summary>
    private async Task<IReadOnlyList<LoadedModel>> LoadedAsync(ModelProvider provider, CancellationToken aborted)
    {
        if (provider.Source is not IModelLibrary library)
            return [];
        using CancellationTokenSource patience = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, aborted);
        try
        {
            return [.. (await library.RunningAsync(either.Token)).Select(model => new LoadedModel(provider.Name, model.Name, model.Bytes, model.GraphicsBytes, model.ExpiresAt))];
        }
        catch (Exception error) when (error is ProviderException or OperationCanceledException && !aborted.IsCancellationRequested)
        {
            return [];
        }
    }
}

/// <summary>What there is of models.</summary>
/// <param name="Models">In order of preference.</param>
/// <param name="Loaded">Those that a provider holds in memory now.</param>
/// <param name="PriceTableVersion">The prices that costs are reckoned with.</param>
public sealed record SystemModels(IReadOnlyList<ModelView> Models, IReadOnlyList<LoadedModel> Loaded, string PriceTableVersion);

/// <summary>A model in memory.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Model">With its tag.</param>
/// <param name="Bytes">What it takes.</param>
/// <param name="GraphicsBytes">How much of it on graphics cards.</param>
/// <param name="ExpiresAt">When it is unloaded unless it is used, UTC; null when not told.</param>
public sealed record LoadedModel(string Provider, string Model, long Bytes, long GraphicsBytes, DateTimeOffset? ExpiresAt);

/// <summary>How this host does.</summary>
/// <param name="Status">The worst of its dependencies.</param>
/// <param name="Version">The product's version.</param>
/// <param name="StartedAt">When it started, UTC.</param>
/// <param name="UptimeSeconds">How long ago that was.</param>
/// <param name="MemoryBytes">What the process holds in memory.</param>
/// <param name="Dependencies">One by one.</param>
/// <param name="Providers">The enabled providers, in order of preference.</param>
/// <param name="Cache">Counts of the response cache.</param>
public sealed record SystemStatus(
    HealthState Status, string Version, DateTimeOffset StartedAt, long UptimeSeconds, long MemoryBytes, IReadOnlyList<DependencyHealth> Dependencies,
    IReadOnlyList<ProviderState> Providers, CacheStatistics Cache);

/// <summary>How a provider does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Available">Whether one of its models can be called.</param>
/// <param name="ModelCount">How many models it offers.</param>
public sealed record ProviderState(string Name, bool Available, int ModelCount);
