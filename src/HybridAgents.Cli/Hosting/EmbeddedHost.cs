using HybridAgents.Durable.Journal;
using HybridAgents.Local;
using HybridAgents.Local.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridAgents.Cli.Hosting;

/// <summary>The local host inside this process.</summary>
internal sealed class EmbeddedHost : IAsyncDisposable
{
    private readonly LocalHost _host;

    private EmbeddedHost(LocalHost host) => _host = host;

    /// <summary>Starts the host; what was unfinished in the data folder goes on.</summary>
    /// <exception cref="IOException">The address or the data folder is in use.</exception>
    /// <exception cref="CliException">A setting is wrong, or the data is damaged.</exception>
    public static async Task<EmbeddedHost> StartAsync(Uri address, string dataFolder, CancellationToken cancellationToken)
    {
        LocalHost? host = null;
        try
        {
            host = LocalHost.Build(["--urls", address.GetLeftPart(UriPartial.Authority), "--data", dataFolder, .. LogArguments()], static builder =>
                builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)); // A start that fails is told by its exception.
            await host.StartAsync(cancellationToken);
            return new(host);
        }
        catch (Exception error)
        {
            if (host is not null)
                await host.DisposeAsync();
            if (error is ConfigurationException or OptionsValidationException or AggregateException or JournalCorruptException or UnauthorizedAccessException)
                throw new CliException(ExitCodes.Failure, $"The host cannot start: {error.Message}");
            throw;
        }
    }

    /// <summary>Drains: what runs gets its grace period, and the journal is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
    }

    /// <summary>Beside a command's own output only warnings are of interest, unless LOG_LEVEL asks for more.</summary>
    private static string[] LogArguments() =>
        Environment.GetEnvironmentVariable("LOG_LEVEL") is null ? ["--Logging:LogLevel:Default", "Warning"] : [];
}
