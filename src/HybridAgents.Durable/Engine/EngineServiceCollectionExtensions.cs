using HybridAgents.Durable.Engine;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of the embedded engine.</summary>
public static class EngineServiceCollectionExtensions
{
    /// <summary>
    /// Adds the engine, <see cref="HybridAgents.Durable.IDurableClient"/>, <see cref="ITableStore"/> and, if there is none yet, an empty
    /// <see cref="HybridAgents.Durable.DurableRegistry"/>. The engine starts before other hosted services and stops after them.
    /// </summary>
    public static IServiceCollection AddEmbeddedDurableEngine(this IServiceCollection services, Action<EmbeddedEngineOptions> configure)
    {
        EmbeddedEngineOptions options = new();
        configure(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HybridAgents.Durable.DurableRegistry>();
        services.AddSingleton(provider => new EmbeddedEngine(
            options,
            provider.GetRequiredService<HybridAgents.Durable.DurableRegistry>(),
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Client);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Tables);
        services.AddHostedService<EmbeddedEngineService>();
        return services;
    }

    /// <summary>Starts the engine before, and stops it after, what uses it.</summary>
    private sealed class EmbeddedEngineService(EmbeddedEngine engine) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => engine.StartAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => engine.StopAsync(cancellationToken);
    }
}
