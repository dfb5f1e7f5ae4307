using System.Globalization;

namespace HybridAgents.Cli.Output;

/// <summary>Times of the server, for people.</summary>
internal static class UnixTime
{
    private const long Largest = 253_402_300_799; // The last second of the year 9999.

    /// <summary>Unix seconds as UTC; null if there is no time.</summary>
    public static string? Show(long? seconds) => seconds is >= 0 and <= Largest
        ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : null;
}
