using System.Globalization;
using System.Text;
using System.Text.Json;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>Bounds what a tool says: the model gets at most <see cref="MaxBytes"/>, a watcher <see cref="MaxShownBytes"/>; the full text is kept beside the transcript.</summary>
internal static class ToolText
{
    /// <summary>16 KB of UTF-8.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>2 KB of UTF-8.</summary>
    public const int MaxShownBytes = 2 * 1024;

    /// <summary>256 KB of UTF-8: for a caller outside of a run.</summary>
    public const int MaxCallerBytes = 256 * 1024;

    private const int MaxSpilledBytes = 2 * 1024 * 1024;
    private const int ChunkBytes = 512 * 1024;

    /// <summary>The text for the model.</summary>
    public static string ForModel(string text) => Shortened(text, MaxBytes);

    /// <summary>The text for the caller of a tool outside of a run.</summary>
    public static string ForCaller(string text) => Shortened(text, MaxCallerBytes);

    private static string Shortened(string text, int maxBytes)
    {
        int total = Encoding.UTF8.GetByteCount(text);
        if (total <= maxBytes)
            return text;
        string head = Head(text, maxBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{head}\n[output shortened: {Encoding.UTF8.GetByteCount(head)} of {total} bytes]");
    }

    /// <summary>The text for watchers.</summary>
    public static string ForWatchers(string text) => Head(text, MaxShownBytes);

    /// <summary>A call's arguments for watchers: the JSON object, or the beginning of its text if that is long or no JSON.</summary>
    public static object ForWatchers(JsonElement arguments, string text) =>
        arguments.ValueKind == JsonValueKind.Undefined || Encoding.UTF8.GetByteCount(text) > MaxShownBytes ? ForWatchers(text) : arguments;

    private static string Head(string text, int maxBytes)
    {
        int characters = 0, bytes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > maxBytes)
                return text[..characters];
            characters += rune.Utf16SequenceLength;
        }

        return text;
    }

    /// <summary>The rows that keep a text too long for the model; at most 2 MB of it.</summary>
    public static IEnumerable<TableOperation> Spill(string runId, int turn, int index, string text) => Encoding.UTF8.GetByteCount(text) <= MaxBytes
        ? []
        : Encoding.UTF8.GetBytes(text).Take(MaxSpilledBytes).Chunk(ChunkBytes).Select((bytes, chunk) =>
            TableOperation.Upsert(new TableRow(runId, RunKeys.ToolOutput(turn, index, chunk)).Set("bytes", bytes)));
}
