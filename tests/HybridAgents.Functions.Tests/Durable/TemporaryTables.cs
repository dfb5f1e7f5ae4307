using HybridAgents.Durable;
using HybridAgents.Durable.Engine;
using HybridAgents.Durable.Tables;
using HybridAgents.Functions.Durable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Functions.Tests.Durable;

/// <summary>Real tables in a folder of their own, for one test class.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class TemporaryTables : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-tables-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private EmbeddedEngine _engine = null!;

    internal ITableStore Store => _engine.Tables;

    internal InstanceTable Instances => new(_engine.Tables, TimeProvider.System);

    public async Task InitializeAsync()
    {
        _engine = new(new() { Path = _folder }, new DurableRegistry(), _services.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System, NullLoggerFactory.Instance);
        await _engine.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _engine.StopAsync();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
