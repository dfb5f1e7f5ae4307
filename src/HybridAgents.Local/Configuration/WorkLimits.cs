using System.Globalization;
using HybridAgents.Durable.Engine;

namespace HybridAgents.Local.Configuration;

/// <summary>How much the engine works on at once, and how much may wait before new runs are refused with 503.</summary>
internal static class WorkLimits
{
    private const string Concurrent = "Runs:MaxConcurrent";
    private const string Queued = "Runs:MaxQueued";
    private const int MostConcurrent = 100_000;
    private const int MostQueued = 1_000_000;

    /// <summary>Reads <c>Runs:MaxConcurrent</c> (steps that run at once) and <c>Runs:MaxQueued</c> (steps that wait for a place); what is not set keeps the engine's value.</summary>
    /// <exception cref="ConfigurationException">A value is no number in range.</exception>
    public static void Apply(IConfiguration configuration, EmbeddedEngineOptions engine)
    {
        engine.MaxConcurrentActivities = Read(configuration, Concurrent, MostConcurrent) ?? engine.MaxConcurrentActivities;
        if (Read(configuration, Queued, MostQueued) is { } queued)
            (engine.MaxQueuedActivities, engine.MaxQueuedStarts) = (queued, queued);
    }

    private static int? Read(IConfiguration configuration, string key, int most)
    {
        if (configuration[key] is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= 1 && value <= most
            ? value
            : throw new ConfigurationException(string.Create(CultureInfo.InvariantCulture, $"{key} is '{text}'; allowed: a whole number from 1 to {most}."));
    }
}
