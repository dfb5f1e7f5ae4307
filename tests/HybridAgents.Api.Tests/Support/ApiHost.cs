using System.Net.Http.Headers;
using System.Text;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Chat;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Runs;
using HybridAgents.Core;
using HybridAgents.Core.Agents;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Providers;
using HybridAgents.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HybridAgents.Api.Tests.Support;

/// <summary>The API over real Kestrel and real tables, with scripted runs. One key of each role is there.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private ApiHost(WebApplication app, string folder) => (_app, _folder) = (app, folder);

    public ScriptedRuns Runs { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    /// <summary>Gets a client with an administrator's key.</summary>
    public HttpClient Admin { get; private set; } = null!;

    public HttpClient User { get; private set; } = null!;

    public HttpClient Guest { get; private set; } = null!;

    public HttpClient Anonymous { get; private set; } = null!;

    public string AdminKey { get; private set; } = null!;

    public Uri Url { get; private set; } = null!;

    /// <summary>Gets where tables and journal lie.</summary>
    public string Folder => _folder;

    public IServiceProvider Services => _app.Services;

    public static async Task<ApiHost> StartAsync(string auth = "keys", Action<KestrelServerOptions>? kestrel = null, IReadOnlyDictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null)
    {
        string folder = Directory.CreateTempSubdirectory("hybridagents-api-").FullName;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("Auth:Mode", auth), .. settings ?? new Dictionary<string, string?>()]);
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = 16 * 1024 * 1024;
            kestrel?.Invoke(options);
        });
        builder.Services.AddEmbeddedDurableEngine(options => options.Path = folder);
        builder.Services.AddHybridAgentsCore().AddHybridAgentsProviders(builder.Configuration);
        builder.Services.AddHybridAgentsOrchestrations();
        builder.Services.AddHybridAgentsOptions(builder.Configuration);
        builder.Services.AddHybridAgentsApi(builder.Configuration);
        builder.Services.AddRouting();
        services?.Invoke(builder.Services);
        ApiHost? host = null;
        builder.Services.AddSingleton<IAgentRuns>(_ => host!.Runs);
        builder.Services.Remove(builder.Services.Single(static service => service.ImplementationType == typeof(RunEventRoutes)));
        builder.Services.AddSingleton<IApiRoutes>(provider => new RunEventRoutes(
            provider.GetRequiredService<IAgentRuns>(), provider.GetRequiredService<IHostApplicationLifetime>(), host!.Time));
        builder.Services.Remove(builder.Services.Single(static service => service.ImplementationType == typeof(ChatRoutes)));
        builder.Services.AddSingleton<IApiRoutes>(provider => new ChatRoutes(provider.GetRequiredService<IChatService>(), provider.GetRequiredService<AgentCatalog>(), provider.GetRequiredService<SessionChat>(), host!.Time));
        WebApplication app = builder.Build();
        host = new(app, folder);
        app.UseHybridAgentsApi();
        app.UseRouting();
        app.MapHybridAgentsApi();
        await app.StartAsync();
        await host.ConnectAsync();
        return host;
    }

    public HttpClient Client(string? key = null)
    {
        HttpClient client = new() { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(30) };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    public async ValueTask DisposeAsync()
    {
        foreach (HttpClient client in (HttpClient[])[Admin, User, Guest, Anonymous])
            client.Dispose();
        Runs.Events.Writer.TryComplete();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public Task StopAsync() => _app.StopAsync();

    private async Task ConnectAsync()
    {
        Url = new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        AdminKey = await AddKeyAsync(ApiRole.ADMIN);
        (Admin, User, Guest, Anonymous) = (Client(AdminKey), Client(await AddKeyAsync(ApiRole.USER)), Client(await AddKeyAsync(ApiRole.GUEST)), Client());
    }

    private async Task<string> AddKeyAsync(ApiRole role)
    {
        string key = ApiKey.New();
        await _app.Services.GetRequiredService<ApiKeyStore>().AddAsync(key, role.ToString(), role, "standard", ApiCaller.DefaultTenant, budget: null, CancellationToken.None);
        return key;
    }
}
