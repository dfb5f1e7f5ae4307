using HybridAgents.Core.Tools;
using HybridAgents.Durable.Engine;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Local.Tests.Support;

/// <summary>The whole product over HTTP, with a scripted model behind a real provider's protocol.</summary>
internal sealed class WiredHost : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private string? _key;
    private LocalHost _host = null!;

    private WiredHost(OpenAiWireServer model) => Model = model;

    public OpenAiWireServer Model { get; }

    public RunClient Client { get; private set; } = null!;

    public Uri Url => _host.Url;

    /// <summary>An administrator's key.</summary>
    public string Key => _key!;

    public EmbeddedEngine Engine => _host.Services.GetRequiredService<EmbeddedEngine>();

    public static Task<WiredHost> StartAsync(string[]? settings = null, params ITool[] tools) => StartAsync(settings ?? [], builder =>
    {
        foreach (ITool tool in tools)
            builder.Services.AddSingleton(tool);
    });

    /// <summary>A host in which <paramref name="configure"/> has changed what is registered.</summary>
    public static async Task<WiredHost> StartAsync(string[] settings, Action<WebApplicationBuilder> configure)
    {
        WiredHost host = new(await OpenAiWireServer.StartAsync());
        await host.OpenAsync(settings, configure);
        return host;
    }

    /// <summary>Ends without any grace, and starts again on the same folder.</summary>
    /// <param name="release">Lets go what still runs then; nothing of it is recorded any more.</param>
    /// <param name="configure">Changes what is registered in the new host.</param>
    public async Task CutOffAsync(Action release, Action<WebApplicationBuilder> configure)
    {
        using (CancellationTokenSource now = new(0))
            await Engine.StopAsync(now.Token);
        release();
        await CloseAsync();
        await OpenAsync([], configure);
    }

    public async ValueTask DisposeAsync()
    {
        Model.Release();
        await CloseAsync();
        await Model.DisposeAsync();
        _folder.Dispose();
    }

    private async Task OpenAsync(string[] settings, Action<WebApplicationBuilder> configure)
    {
        _host = LocalHost.Build(
            [
                "--urls", "http://127.0.0.1:0", "--data", Path.Combine(_folder.Path, "data"), "--Logging:LogLevel:Default", "Critical",
                "--Providers:Ollama:Enabled", "false", "--Providers:OpenAI:Endpoint", Model.Endpoint.ToString(), "--Providers:OpenAI:ApiKey", "sk-test", .. settings,
            ],
            configure);
        await _host.StartAsync();
        _key ??= _host.NewAdminKey;
        Client = new(_host.Url, _key);
    }

    private async Task CloseAsync()
    {
        Client.Dispose();
        using CancellationTokenSource now = new(0);
        try
        {
            await _host.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped without grace, as wanted.
        }

        await _host.DisposeAsync();
    }
}
