using HybridAgents.Local.Configuration;
using HybridAgents.Local.Lifetime;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HybridAgents.Local;

/// <summary>The process: starts the host, says where it listens, and waits for the signal to stop.</summary>
internal static class LocalProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help" or "-h"])
        {
            Console.Out.WriteLine(CommandLine.Usage);
            return ExitCodes.Ok;
        }

        try
        {
            await using LocalHost host = LocalHost.Build(args, static builder => builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, SignalLifetime>()));
            await host.StartAsync();
            if (host.NewAdminKey is { } key)
                Console.Out.WriteLine($"Admin key (shown this once; kept in {host.AdminKeyPath}): {key}");
            Console.Out.WriteLine($"HybridAgents ready on {host.Url.GetLeftPart(UriPartial.Authority)}");
            await host.WaitForStopAsync();
            return ExitCodes.Ok;
        }
        catch (Exception error) when (StartFailure.From(error) is { } failure)
        {
            Console.Error.WriteLine(failure.Line);
            return failure.ExitCode;
        }
    }
}
