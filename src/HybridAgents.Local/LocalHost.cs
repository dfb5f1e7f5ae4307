using System.Runtime.CompilerServices;
using HybridAgents.Api;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Health;
using HybridAgents.Api.Routes;
using HybridAgents.Api.Telemetry;
using HybridAgents.Core;
using HybridAgents.Local.Configuration;
using HybridAgents.Local.Data;
using HybridAgents.Local.Lifetime;
using HybridAgents.Providers;
using HybridAgents.Providers.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HybridAgents.Local;

/// <summary>The whole product in one process: API, engine and tables on one data folder. For the process of its own, and for programs that bring it along.</summary>
public sealed class LocalHost : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly AdminKey _adminKey;
    private readonly StrongBox<bool> _running;

    private LocalHost(WebApplication app, StrongBox<bool> running) => (_app, _adminKey, _running) = (app, app.Services.GetRequiredService<AdminKey>(), running);

    /// <summary>Gets the address that the host listens on; the first, if there are several. Known after the start.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>Gets the file with the administrator's key that the first start has made.</summary>
    public string AdminKeyPath => _adminKey.FilePath;

    /// <summary>Gets the administrator's key if this start has made it; else null.</summary>
    public string? NewAdminKey => _adminKey.Created;

    /// <summary>Gets the host's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Puts the host together; nothing runs yet.</summary>
    /// <param name="args"><c>--urls</c>, <c>--data</c>, <c>--auth</c> and <c>--Section:Key</c>, each with a value; they win over the environment, which wins over appsettings.json.</param>
    /// <param name="configure">Changes what is registered.</param>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public static LocalHost Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "HybridAgents" });
        AddConfiguration(builder.Configuration, args);
        StrongBox<bool> running = new();
        LogOptions.Configure(builder.Logging, builder.Configuration, () => running.Value);
        AddServices(builder);
        ConfigureServer(builder);
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        app.UseHybridAgentsApi();
        app.UseRouting();
        app.MapHybridAgentsApi();
        return new(app, running);
    }

    /// <summary>Recovers what was unfinished, and listens.</summary>
    /// <exception cref="IOException">An address or the data folder is taken, or the disk fails.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
            _running.Value = true;
        }
        catch
        {
            await _app.StopAsync(CancellationToken.None); // What had started already must end in order.
            throw;
        }
    }

    /// <summary>Waits until the host has been told to stop and has drained.</summary>
    public Task WaitForStopAsync(CancellationToken cancellationToken = default) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Drains: takes no new work, gives what runs 30 s, and closes the journal.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void AddConfiguration(ConfigurationManager configuration, string[] args)
    {
        configuration.AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true, reloadOnChange: false);
        configuration.AddEnvironmentVariables("ASPNETCORE_");
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(CommandLine.Parse(args));
        configuration.AddInMemoryCollection(ConfigurationAliases.Resolve(configuration));
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        string data = DataOptions.Open(builder.Configuration);
        services.AddEmbeddedDurableEngine(engine =>
        {
            engine.Path = data;
            engine.Journal.OnFatal = EndOnDiskFailure;
            WorkLimits.Apply(builder.Configuration, engine);
        });
        services.AddHybridAgentsCore();
        services.AddHybridAgentsOptions(builder.Configuration);
        if (string.IsNullOrWhiteSpace(builder.Configuration["Models:Catalogue"]))
            builder.Configuration["Models:Catalogue"] = Path.Combine(data, "models.json");
        services.AddHybridAgentsProviders(builder.Configuration);
        services.AddHybridAgentsOrchestrations();
        services.AddHybridAgentsApi(builder.Configuration);
        services.AddHybridAgentsTelemetry(builder.Configuration);
        services.AddSingleton<IHealthProbe, EngineProbe>();
        services.AddSingleton<AdminKey>().AddHostedService(static provider => provider.GetRequiredService<AdminKey>());
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, EmbeddedLifetime>());
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = Grace);
        services.AddRouting();
    }

    private static void ConfigureServer(WebApplicationBuilder builder)
    {
        AuthOptions auth = builder.Configuration.GetSection(AuthOptions.Section).Get<AuthOptions>() ?? new();
        builder.WebHost.UseHttpServer().UseUrls(ListenAddresses.Read(builder.Configuration, auth));
    }

    private static void EndOnDiskFailure(Exception error)
    {
        Console.Error.WriteLine($"The disk failed ({error.Message}); the process ends so that a new start reads it again.");
        Environment.Exit(ExitCodes.DiskFailed);
    }
}
