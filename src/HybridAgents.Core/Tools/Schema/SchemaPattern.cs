using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace HybridAgents.Core.Tools;

/// <summary>Compiled patterns of schemas; matching is linear in the text.</summary>
internal static class SchemaPattern
{
    private const int MaxLength = 1000;
    private const int MaxCached = 256;

    private static readonly ConcurrentDictionary<string, Regex?> Cache = new(StringComparer.Ordinal);

    /// <summary>Compiles a pattern; null when it is malformed, too long, or needs back-tracking.</summary>
    public static Regex? Compile(string pattern)
    {
        if (Cache.TryGetValue(pattern, out Regex? known))
            return known;
        Regex? compiled = TryCompile(pattern);
        if (Cache.Count < MaxCached)
            Cache.TryAdd(pattern, compiled);
        return compiled;
    }

    private static Regex? TryCompile(string pattern)
    {
        if (pattern.Length > MaxLength)
            return null;
        try
        {
            return LinearRegex.Create(pattern);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
