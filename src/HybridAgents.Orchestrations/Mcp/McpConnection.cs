using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Mcp;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace HybridAgents.Orchestrations.Mcp;

/// <summary>
/// The session with one server: opened when it is needed, opened again when it has broken, with growing pauses while the server cannot be reached. Its list of tools is read
/// again when the server says that it changed, and when it is a minute old. Safe for concurrent use.
/// </summary>
internal sealed partial class McpConnection(McpServerSpec spec, ToolOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int MaxPages = 20;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    /// <summary>How long a reader waits for a list that is being read: longer for the first, without which the tools are unknown.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _refreshing = new();
    private McpClient? _client;
    private Task _refresh = Task.CompletedTask;
    private long _refreshedAt;
    private McpToolList _list = McpToolList.Empty;
    private volatile bool _changed = true;
    private long _listedAt;
    private bool _closed;
    private int _failures;
    private long _failedAt;

    public McpServerSpec Spec => spec;

    public bool Connected => _client is { Completion.IsCompleted: false };

    /// <summary>Why the server was not reached when it was last tried; null if it was.</summary>
    public string? Fault { get; private set; }

    private bool Fresh => Connected && !_changed && time.GetElapsedTime(_listedAt) < Age;

    private TimeSpan PauseLeft => _failures == 0 ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(_failures - 1, 10)), LongestPause.TotalSeconds)) - time.GetElapsedTime(_failedAt);

    /// <summary>The server's tools as they are, or as they were last seen; the same list as long as nothing changed.</summary>
    public async ValueTask<IReadOnlyList<ITool>> GetToolsAsync(CancellationToken cancellationToken)
    {
        if (Fresh || PauseLeft > TimeSpan.Zero)
            return _list.Tools;
        (Task refresh, TimeSpan left) = Refresh();
        if (left > TimeSpan.Zero)
        {
            try
            {
                await refresh.WaitAsync(left, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // A later reader finds its tools.
            }
        }

        return _list.Tools;
    }

    /// <summary>The open session, opened if need be; null if the server cannot be reached.</summary>
    public async Task<McpClient?> ConnectAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_closed || Fresh || PauseLeft > TimeSpan.Zero)
                return Connected ? _client : null;
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(ConnectLimit);
            await OpenAsync(limit.Token);
            (Fault, _failures) = (null, 0);
            return _client;
        }
#pragma warning disable CA1031 // A server is foreign: however it fails to answer, it cannot be reached for now.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Fault = error is OperationCanceledException or TimeoutException ? $"gave no answer within {ConnectLimit.TotalSeconds} s" : $"could not be reached ({error.GetType().Name})";
            LogUnreachable(spec.Name, Fault);
            _failures++;
            _failedAt = time.GetTimestamp();
            await CloseAsync();
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives up a session that has failed; the next use opens another.</summary>
    public async Task DropAsync(McpClient client)
    {
        await _gate.WaitAsync();
        try
        {
            if (_client == client)
                await CloseAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            (_closed, Fault) = (true, "was removed");
            await CloseAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The reading of the list that is under way, or a new one, and how long it may still be waited for.</summary>
    private (Task Refresh, TimeSpan Left) Refresh()
    {
        lock (_refreshing)
        {
            if (_refresh.IsCompleted)
            {
                _refreshedAt = time.GetTimestamp();
                _refresh = Task.Run(() => ConnectAsync(CancellationToken.None));
            }

            return (_refresh, (_list == McpToolList.Empty && _failures == 0 ? FirstPatience : Patience) - time.GetElapsedTime(_refreshedAt));
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!Connected)
        {
            await CloseAsync();
            _client = await McpClient.CreateAsync(McpTransports.Create(spec, options, ConnectLimit), ClientOptions(), cancellationToken: cancellationToken);
        }

        _changed = false; // Before the list is read: a change while it is read counts again.
        List<Tool> tools = [];
        string? cursor = null;
        for (int page = 0; page < MaxPages && tools.Count < McpToolList.MaxTools; page++)
        {
            ListToolsResult part = await _client!.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, cancellationToken);
            tools.AddRange(part.Tools);
            if ((cursor = part.NextCursor) is null)
                break;
        }

        string text = JsonSerializer.Serialize<IList<Tool>>(tools, McpJsonUtilities.DefaultOptions);
        if (_list.Text != text)
        {
            _client!.ClearKnownTools();
            _client.AddKnownTools(tools);
            _list = McpToolList.From(this, tools, text);
        }

        _listedAt = time.GetTimestamp();
    }

    private async Task CloseAsync()
    {
        (McpClient? client, _client) = (_client, null);
        _changed = true;
        if (client is not null)
            await client.DisposeAsync();
    }

    /// <summary>Nothing is offered to the server: no sampling, no roots, no questions to people.</summary>
    private McpClientOptions ClientOptions() => new()
    {
        ClientInfo = new() { Name = "HybridAgents", Version = typeof(McpConnection).Assembly.GetName().Version!.ToString(3) },
        InitializationTimeout = ConnectLimit,
        Handlers = new()
        {
            NotificationHandlers =
            [
                new(NotificationMethods.ToolListChangedNotification, (_, _) =>
                {
                    _changed = true;
                    return ValueTask.CompletedTask;
                }),
            ],
        },
    };

    [LoggerMessage(EventId = 3301, Level = LogLevel.Warning, Message = "The MCP server {Server} {Fault}")]
    private partial void LogUnreachable(string server, string fault);
}
