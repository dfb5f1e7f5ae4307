using HybridAgents.Durable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Orchestrations.Runs.Sweeping;

/// <summary>Does something at the start and then at a fixed interval, until the host stops. A pass that fails is logged and followed by the next.</summary>
internal abstract partial class Sweeper(TimeSpan interval, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>One pass.</summary>
    public abstract Task SweepAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(interval, time);
        try
        {
            do
                await PassAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>One pass whose failure is only logged.</summary>
    protected async Task PassAsync(CancellationToken stoppingToken)
    {
        try
        {
            await SweepAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is EngineBusyException or InvalidOperationException or IOException)
        {
            if (!stoppingToken.IsCancellationRequested) // A stopping host takes tables and engine away.
                LogFailed(exception, GetType().Name);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "{Sweeper} could not finish its pass; the next one begins where this one did")]
    private partial void LogFailed(Exception exception, string sweeper);
}
