using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.System.Tests.Support;

/// <summary>The host as a process of its own on one data folder. It can be killed and started again, as often as a test likes.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<RunClient> _clients = [];
    private readonly string[] _settings;
    private TaskCompletionSource<RunClient> _client = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HostProcess? _process;

    /// <param name="settings">Pairs of <c>--Section:Key</c> and value.</param>
    public TestHost(params string[] settings) => _settings = settings;

    /// <summary>Gets a client of the process that runs now, or else of the next one.</summary>
    public Task<RunClient> Client => Volatile.Read(ref _client).Task;

    /// <summary>Gets the program: the product's, or one that brings more along.</summary>
    public string Program { get; init; } = "HybridAgents.Local.dll";

    /// <summary>Gets the folder in which the process works and keeps its data.</summary>
    public string Folder => _folder.Path;

    /// <summary>The settings that send model calls to these servers and nowhere else.</summary>
    public static string[] For(OllamaWireServer? ollama = null, OpenAiWireServer? openAi = null) =>
    [
        .. ollama is null ? new[] { "--Providers:Ollama:Enabled", "false" } : ["--Providers:Ollama:Endpoint", $"{ollama.Endpoint}"],
        .. openAi is null ? new[] { "--Providers:OpenAI:Enabled", "false" } : ["--Providers:OpenAI:Endpoint", $"{openAi.Endpoint}", "--Providers:OpenAI:ApiKey", "sk-wire"],
        "--Retries:FirstDelay", "0.01",
    ];

    /// <summary>A running host.</summary>
    public static async Task<TestHost> StartNewAsync(params string[] settings)
    {
        TestHost host = new(settings);
        await host.StartAsync();
        return host;
    }

    public async Task<RunClient> StartAsync()
    {
        _process = HostProcess.Start(
            Program, _folder.Path, ["--urls", "http://127.0.0.1:0", "--auth", "none", "--Logging:LogLevel:Default", "Error", .. _settings]);
        (Uri url, _) = await _process.ReadyAsync();
        RunClient client = new(url, key: null);
        _clients.Add(client);
        _client.SetResult(client);
        return client;
    }

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        Volatile.Write(ref _client, new(TaskCreationOptions.RunContinuationsAsynchronously)); // First: whoever loses its connection waits for the next process.
        _process!.Kill();
        _process.Dispose();
    }

    /// <summary>Ends the process as a service manager does, and gives what it wrote to stderr.</summary>
    public async Task<string> StopAsync()
    {
        Volatile.Write(ref _client, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _process!.Signal(HostProcess.Sigterm);
        (int exitCode, _, string errors) = await _process.EndAsync();
        exitCode.ShouldBe(0, errors);
        _process.Dispose();
        return errors;
    }

    /// <summary>The memory of the process now and at most, in MiB.</summary>
    public (int Now, int Most) ResidentMemory() => _process!.ResidentMemory();

    public ValueTask DisposeAsync()
    {
        if (_client.Task.IsCompleted)
            Kill();
        _clients.ForEach(static client => client.Dispose());
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
