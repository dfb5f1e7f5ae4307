using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using HybridAgents.TestSupport.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace HybridAgents.Local.Tests.Mcp;

/// <summary>The official MCP SDK for Node in processes of its own, and what its server says of itself.</summary>
internal sealed class McpNode : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Channel<string> _signals = Channel.CreateUnbounded<string>();
    private readonly WebApplication _app;
    private Process? _server;

    private McpNode(WebApplication app) => _app = app;

    public static NodePackage Package { get; } = new("tests/HybridAgents.Local.Tests/Mcp/mcp-node", "@modelcontextprotocol/sdk");

    /// <summary>Gets where the server speaks of itself to.</summary>
    public string Signals => _app.Urls.Single();

    /// <summary>Gets the server's address, once it has been started.</summary>
    public string Url { get; private set; } = "";

    public static async Task<McpNode> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        McpNode node = new(app);
        app.Run(http => node._signals.Writer.WriteAsync(Uri.UnescapeDataString(http.Request.Path.Value![1..])).AsTask());
        await app.StartAsync();
        return node;
    }

    /// <summary>The settings of a server that the host starts, named <c>notes</c>.</summary>
    public string[] AsProgram(params string[] more) =>
    [
        "--Tools:Mcp:notes:Command", "node", "--Tools:Mcp:notes:Arguments:0", Path.Combine(Package.Folder, "server.mjs"), "--Tools:Mcp:notes:HeadersRef", "notes",
        "--Tools:Headers:notes:SIGNALS", Signals, .. more,
    ];

    /// <summary>Starts the server as one that is reached by HTTP; a second time, on the same port.</summary>
    public async Task ServeAsync()
    {
        string port = Url.Length == 0 ? "0" : new Uri(Url).Port.ToString(CultureInfo.InvariantCulture);
        _server = Package.Start("server.mjs", ["http", port], ("SIGNALS", Signals));
        Url = $"http://127.0.0.1:{await _server.StandardOutput.ReadLineAsync().WaitAsync(Limit)}/mcp";
    }

    public async Task StopAsync()
    {
        _server!.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    /// <summary>Waits until the server says this.</summary>
    public async Task HeardAsync(string what)
    {
        using CancellationTokenSource limit = new(Limit);
        while (await _signals.Reader.ReadAsync(limit.Token) != what)
        {
        }
    }

    /// <summary>What the server has said and nobody has waited for.</summary>
    public List<string> Unheard()
    {
        List<string> all = [];
        while (_signals.Reader.TryRead(out string? signal))
            all.Add(signal);
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>A test that needs node and the installed SDK.</summary>
public sealed class McpNodeFactAttribute : FactAttribute
{
    public McpNodeFactAttribute() => Skip = McpNode.Package.Missing;
}
