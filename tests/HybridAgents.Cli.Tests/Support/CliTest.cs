namespace HybridAgents.Cli.Tests.Support;

/// <summary>A wire server and a folder, and the program run against them.</summary>
public abstract class CliTest : IAsyncLifetime
{
    private protected WireServer Server { get; private set; } = null!;

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("hybrid-cli-").FullName;

    public async Task InitializeAsync() => Server = await WireServer.StartAsync();

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs the program against the wire server.</summary>
    private protected Task<ProcessResult> HybridAsync(params string[] args) => HybridWithInputAsync(null, args);

    private protected Task<ProcessResult> HybridWithInputAsync(string? input, params string[] args) =>
        HybridProcess.RunAsync(Folder, new Dictionary<string, string>(), input, [.. args, "--server", Server.Address]);

    /// <summary>Runs the program with nothing but its arguments.</summary>
    private protected Task<ProcessResult> BareAsync(params string[] args) => HybridProcess.RunAsync(Folder, new Dictionary<string, string>(), null, args);
}
