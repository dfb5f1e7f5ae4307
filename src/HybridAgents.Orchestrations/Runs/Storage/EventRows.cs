using System.Buffers;
using System.Text.Json;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Runs.Storage;

/// <summary>An event that has no sequence yet.</summary>
/// <param name="Type">One of <see cref="RunEventTypes"/>.</param>
/// <param name="Data">The type's own fields; serialised as an object in snake_case.</param>
internal sealed record EventDraft(string Type, object? Data = null);

/// <summary>Rows of the event log: up to <see cref="MaxPerRow"/> events, keyed by the first one's sequence, written once.</summary>
/// <remarks>The value is a JSON array of <c>[type, unix milliseconds, data]</c>. Because a row is never longer, the row that holds sequence n begins after n − 64.</remarks>
internal static class EventRows
{
    public const int MaxPerRow = 64;

    private const string EventsName = "events";
    private const int MaxKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static IEnumerable<TableOperation> Inserts(string runId, long first, IReadOnlyList<EventDraft> events, DateTimeOffset now)
    {
        for (int done = 0; done < events.Count; done += MaxPerRow)
            yield return TableOperation.Insert(new TableRow(runId, RunKeys.Event(first + done)).Set(EventsName, Encode(events, done, now)));
    }

    public static IEnumerable<RunEvent> Decode(TableRow row)
    {
        long sequence = RunKeys.EventSequence(row.RowKey);
        foreach (JsonElement entry in JsonSerializer.Deserialize<JsonElement>(row.Get<byte[]>(EventsName)).EnumerateArray())
            yield return new(sequence++, entry[0].GetString()!, row.PartitionKey, DateTimeOffset.FromUnixTimeMilliseconds(entry[1].GetInt64()), entry[2]);
    }

    /// <summary>Encodes up to <see cref="MaxPerRow"/> events.</summary>
    private static byte[] Encode(IReadOnlyList<EventDraft> events, int from, DateTimeOffset now)
    {
        ArrayBufferWriter<byte> buffer = _buffer ??= new(4096);
        Utf8JsonWriter writer = _writer ??= new(buffer, new JsonWriterOptions { Encoder = Payload.Json.Encoder });
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        writer.WriteStartArray();
        for (int index = from; index < Math.Min(events.Count, from + MaxPerRow); index++)
        {
            EventDraft draft = events[index];
            writer.WriteStartArray();
            writer.WriteStringValue(draft.Type);
            writer.WriteNumberValue(now.ToUnixTimeMilliseconds());
            if (draft.Data is null)
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            }
            else
            {
                JsonSerializer.Serialize(writer, draft.Data, draft.Data.GetType(), Payload.Json);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.Flush();
        byte[] bytes = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > MaxKeptBytes)
            (_buffer, _writer) = (null, null);
        return bytes;
    }
}
