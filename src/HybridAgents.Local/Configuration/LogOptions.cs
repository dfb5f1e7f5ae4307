using Microsoft.Extensions.Logging.Console;

namespace HybridAgents.Local.Configuration;

/// <summary>Logs go to stderr, a line each; stdout is for the ready line and the admin key.</summary>
internal static class LogOptions
{
    private const string Key = "Logging:LogLevel:Default";

    /// <param name="logging">Where to.</param>
    /// <param name="configuration">Names the level.</param>
    /// <param name="isRunning">Whether the host has started: a failed start is an exception, and its catcher says so in one line.</param>
    /// <exception cref="ConfigurationException">The level is not known.</exception>
    public static void Configure(ILoggingBuilder logging, IConfiguration configuration, Func<bool> isRunning)
    {
        LogLevel level = Level(configuration[Key]);
        logging.SetMinimumLevel(level);
        logging.AddFilter("Microsoft", level < LogLevel.Information ? level : (LogLevel)Math.Max((int)LogLevel.Warning, (int)level));
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", at => isRunning() && at >= LogLevel.Warning);
        logging.AddSimpleConsole(static console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static LogLevel Level(string? text)
    {
        if (text is null)
            return LogLevel.Information;
        return Enum.TryParse(text, ignoreCase: true, out LogLevel level) && Enum.IsDefined(level) && !char.IsAsciiDigit(text[0])
            ? level
            : throw new ConfigurationException($"{Key} (LOG_LEVEL) is '{text}'; allowed: {string.Join(", ", Enum.GetNames<LogLevel>())}.");
    }
}
