using HybridAgents.Cli.Client;

namespace HybridAgents.Cli.Hosting;

/// <summary>The server of a command, and the host that was started to be it.</summary>
internal sealed class ServerConnection : IAsyncDisposable
{
    /// <summary>How long another process may take to start serving, or to give the data folder back.</summary>
    private static readonly TimeSpan OtherProcess = TimeSpan.FromSeconds(35);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ServerSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<string> _notify;
    private readonly BearerHandler _bearer;
    private readonly HttpClient _http;
    private EmbeddedHost? _host;

    /// <param name="settings">Which server.</param>
    /// <param name="time">Times pauses.</param>
    /// <param name="notify">Told in a line what is being done beside the requests.</param>
    public ServerConnection(ServerSettings settings, TimeProvider time, Action<string> notify)
    {
        (_settings, _time, _notify) = (settings, time, notify);
        // No redirects: they would leave the address that the key is meant for. No proxy towards this machine.
        SocketsHttpHandler sockets = new() { AllowAutoRedirect = false, UseProxy = !settings.Address.IsLoopback, ConnectTimeout = TimeSpan.FromSeconds(5) };
        _bearer = new(sockets) { Token = settings.FindToken() };
        _http = new(_bearer) { BaseAddress = settings.Address, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = 64 * 1024 * 1024 };
        Runs = new(_http, time);
    }

    /// <summary>Gets the routes of runs.</summary>
    public RunsClient Runs { get; }

    /// <summary>Gets whether the server lives and ends with this process.</summary>
    public bool IsEmbedded => _host is not null;

    /// <summary>Makes sure that a server listens: starts one where that is allowed and nothing does.</summary>
    /// <exception cref="CliException">Nothing listens and none may be or can be started, or something else has the address.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (!_settings.MayStart || _host is not null || await IsServingAsync(cancellationToken))
            return;
        long begun = _time.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                _host = await EmbeddedHost.StartAsync(_settings.Address, _settings.DataFolder, cancellationToken);
                _bearer.Token = _settings.ReadKeyFile() ?? _settings.Token;
                _notify($"Started a host at {_settings.Address} on {_settings.DataFolder}; it ends with this command.");
                return;
            }
            catch (IOException error)
            {
                // Another process was faster, or is just ending: its host will serve us, or leave us its place.
                if (await IsServingAsync(cancellationToken))
                {
                    _bearer.Token = _settings.FindToken(); // It may have made the key just now.
                    return;
                }

                if (_time.GetElapsedTime(begun) > OtherProcess)
                    throw new CliException(ExitCodes.Failure, $"The host cannot start: {error.Message}");
                if (attempt == 1)
                    _notify($"Waiting for another process: {error.Message}");
                await Task.Delay(Pause, _time, cancellationToken);
            }
        }
    }

    /// <summary>The same for a command about runs that exist: a host is started only on a data folder that holds some. What was unfinished there goes on meanwhile.</summary>
    /// <exception cref="CliException">As <see cref="EnsureAsync"/>.</exception>
    public Task EnsureForExistingRunsAsync(CancellationToken cancellationToken) =>
        _settings.HoldsRuns ? EnsureAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Ends the host, if there is one, in order.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_host is not null)
            await _host.DisposeAsync();
    }

    private async Task<bool> IsServingAsync(CancellationToken cancellationToken) => await Runs.IsServingAsync(cancellationToken) switch
    {
        { } known => known,
        null => throw new CliException(ExitCodes.Unavailable, $"Something that is not a HybridAgents server listens at {_settings.Address}; name the server with --server."),
    };
}
