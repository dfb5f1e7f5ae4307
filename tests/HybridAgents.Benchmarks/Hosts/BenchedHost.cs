using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Benchmarks.Hosts;

/// <summary>The local host as a process of its own, with nothing but the built-in model.</summary>
internal sealed class BenchedHost : IDisposable
{
    private readonly string _folder;
    private readonly HostProcess _process;

    private BenchedHost(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        _process = HostProcess.Start(
            _folder, ["--urls", "http://127.0.0.1:0", "--auth", "none", "--Logging:LogLevel:Default", "Error", "--Providers:Ollama:Enabled", "false"]);
    }

    public static BenchedHost Start(BenchmarkSetup setup) => new(setup.NewFolder());

    /// <summary>A client, once the host takes requests.</summary>
    public async Task<RunClient> ReadyAsync(int connections = 1) => new((await _process.ReadyAsync()).Url, key: null, connections);

    /// <summary>MiB held now.</summary>
    public int ResidentMemory() => _process.ResidentMemory().Now;

    public void Dispose()
    {
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
