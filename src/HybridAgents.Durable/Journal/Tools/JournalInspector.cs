using System.Text.Json;
using System.Text.Json.Nodes;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Durable.Journal.Tools;

/// <summary>Reads the records of a journal in their order.</summary>
internal sealed class JournalInspector(IJournalFiles files, JournalFilter filter)
{
    /// <exception cref="JournalCorruptException">Before the end there is something that cannot be read.</exception>
    public IEnumerable<JournalRecord> Read()
    {
        IReadOnlyList<int> numbers = SegmentAtRest.Needed(files, Manifest.Read(files)?.Checkpoints ?? []);
        foreach (int number in numbers)
        {
            SegmentAtRest segment = SegmentAtRest.Read(files, number);
            while (ReadFrame(segment) is { } records)
            {
                foreach (JournalRecord record in records)
                    yield return record;
            }

            if (number != numbers[^1] && segment.Scanner.HasRest)
                throw new JournalCorruptException(segment.Name, segment.Scanner.Position, $"the frame of record {segment.LastLsn + 1} is damaged");
        }
    }

    private List<JournalRecord>? ReadFrame(SegmentAtRest segment)
    {
        if (!segment.TryRead(out FrameHeader frame, out ReadOnlySpan<byte> payload, out int offset))
            return null;
        List<JournalRecord> found = [];
        FrameRecords records = new(payload);
        for (long lsn = frame.Lsn; lsn < frame.Lsn + frame.Count; lsn++)
        {
            if (!records.TryRead())
                throw new JournalCorruptException(segment.Name, offset + records.Position, $"record {lsn} is cut off");
            if (lsn >= filter.FromLsn && Describe(records, new(lsn, segment.Name, offset + records.Offset, records.Current.Length, $"kind {(byte)records.Kind}")) is { } record)
                found.Add(record);
        }

        return found;
    }

    private JournalRecord? Describe(FrameRecords records, JournalRecord record) => records.Kind switch
    {
        RecordKind.Instance => DescribeInstance(records.Current, record),
        RecordKind.Table => DescribeRows(records.Current, record),
        _ => filter.Instance is null ? record : null,
    };

    private JournalRecord? DescribeInstance(ReadOnlySpan<byte> payload, JournalRecord record)
    {
        (InstanceRecordKind kind, string id, TurnRecord[] turns) = InstanceRecord.Decode(payload);
        if (filter.Instance is { } wanted && wanted != id)
            return null;
        return record with
        {
            Kind = kind.ToString().ToLowerInvariant(),
            Instance = id,
            Content = filter.WithContent ? new JsonArray([.. turns.Select(Describe)]) : null,
        };
    }

    private static JsonObject Describe(TurnRecord turn)
    {
        JsonObject described = JsonSerializer.SerializeToNode(turn, Payload.Json)!.AsObject();
        described["events"] = new JsonArray([.. turn.Events.Select(Typed)]);
        described["actions"] = new JsonArray([.. turn.Actions.Select(Typed)]);
        if (turn.Outcome is { } outcome)
            described["outcome"] = Typed(outcome);
        return described;
    }

    /// <summary>The members of the actual type, and its name.</summary>
    private static JsonNode Typed(object value)
    {
        JsonObject described = new() { ["type"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(value.GetType().Name) };
        foreach ((string name, JsonNode? member) in JsonSerializer.SerializeToNode(value, value.GetType(), Payload.Json)!.AsObject())
            described[name] = member?.DeepClone();
        return described;
    }

    private JournalRecord? DescribeRows(ReadOnlySpan<byte> payload, JournalRecord record)
    {
        TableRecord.Reader reader = new(payload);
        string table = reader.Text();
        string partition = OrdinalKey.Decode(reader.Bytes());
        if (filter.Instance is { } wanted && wanted != partition)
            return null;
        List<string> keys = [];
        JsonArray content = [];
        for (int count = checked((int)reader.Number()); count > 0; count--)
        {
            string key = OrdinalKey.Decode(reader.Bytes());
            keys.Add(key);
            ReadOnlySpan<byte> value = reader.Value(out bool isDeletion);
            if (filter.WithContent)
                content.Add(isDeletion ? new JsonObject { ["row"] = key, ["deleted"] = true } : Describe(RowCodec.Decode(partition, key, "", value)));
        }

        return record with { Kind = "rows", Table = table, Partition = partition, Rows = keys, Content = filter.WithContent ? content : null };
    }

    private static JsonObject Describe(TableRow row) => new()
    {
        ["row"] = row.RowKey,
        ["written"] = row.Timestamp,
        ["properties"] = JsonSerializer.SerializeToNode(row.Properties, Payload.Json),
    };
}
