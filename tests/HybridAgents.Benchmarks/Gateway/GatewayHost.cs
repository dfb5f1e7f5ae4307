using HybridAgents.Api;
using HybridAgents.Api.Routes;
using HybridAgents.Core;
using HybridAgents.Local.Configuration;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Benchmarks.Gateway;

/// <summary>The API with everything behind it, as the local host has it.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayHost(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public static async Task<GatewayHost> StartAsync(string folder, Uri provider)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Auth:Mode"] = "none",
            ["Providers:Ollama:Enabled"] = "false",
            ["Providers:OpenAI:Endpoint"] = new Uri(provider, "/v1").ToString(),
            ["Providers:OpenAI:ApiKey"] = "bench",
            ["Providers:OpenAI:Model"] = "instant",
        });
        builder.WebHost.UseHttpServer().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRouting();
        builder.Services.AddEmbeddedDurableEngine(options => options.Path = folder);
        builder.Services.AddHybridAgentsCore().AddHybridAgentsProviders(builder.Configuration);
        builder.Services.AddHybridAgentsOrchestrations();
        builder.Services.AddHybridAgentsApi(builder.Configuration);
        WebApplication app = builder.Build();
        app.UseHybridAgentsApi();
        app.UseRouting();
        app.MapHybridAgentsApi();
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
