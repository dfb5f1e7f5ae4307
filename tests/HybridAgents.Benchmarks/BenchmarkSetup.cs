using HybridAgents.Durable;
using HybridAgents.Durable.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Benchmarks;

/// <summary>Where benchmarks put their data, and how they start an engine.</summary>
internal sealed class BenchmarkSetup(string folder)
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    /// <summary>Gets the folder for data; each engine gets one of its own in it.</summary>
    public string Folder { get; } = folder;

    /// <summary>A folder that does not exist yet.</summary>
    public string NewFolder() => Path.Combine(Folder, Guid.NewGuid().ToString("N"));

    public async Task<EmbeddedEngine> StartAsync(DurableRegistry registry, string data, Action<EmbeddedEngineOptions>? configure = null)
    {
        EmbeddedEngineOptions options = new() { Path = data };
        configure?.Invoke(options);
        EmbeddedEngine engine = new(options, registry, _services.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System, NullLoggerFactory.Instance);
        await engine.StartAsync();
        return engine;
    }
}
