using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Local.Tests.Support;

/// <summary>A test against the whole product in this process: real Kestrel, journal, engine, orchestrations and the offline model.</summary>
public abstract class OfflineHost : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private LocalHost _host = null!;

    /// <summary>An administrator's client.</summary>
    protected RunClient Client { get; private set; } = null!;

    /// <summary>The host's data.</summary>
    protected string Data => Path.Combine(_folder.Path, "data");

    /// <summary>What the host was started with.</summary>
    protected string[] Arguments => ["--urls", "http://127.0.0.1:0", "--data", Data, "--Providers:Ollama:Enabled", "false", "--Logging:LogLevel:Default", "Critical"];

    public async Task InitializeAsync()
    {
        _host = LocalHost.Build(Arguments);
        await _host.StartAsync();
        Client = new(_host.Url, _host.NewAdminKey);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
