using System.Buffers;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Records;

/// <summary>What an instance record of the journal holds.</summary>
internal enum InstanceRecordKind : byte
{
    /// <summary>One turn.</summary>
    Turn = 1,

    /// <summary>The instance is removed.</summary>
    Purge = 2,

    /// <summary>The turns of the current generation once more, in front of them the first turn of all if it belongs to an earlier generation.</summary>
    Relocation = 3,
}

/// <summary>The stored form of instance records: kind, instance id, turns, seal.</summary>
internal static class InstanceRecord
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public static byte[] Turn(string instanceId, TurnRecord turn) => Encode(InstanceRecordKind.Turn, instanceId, [turn]);

    public static byte[] Purge(string instanceId) => Encode(InstanceRecordKind.Purge, instanceId, []);

    public static byte[] Relocation(string instanceId, IReadOnlyList<TurnRecord> turns) => Encode(InstanceRecordKind.Relocation, instanceId, turns);

    public static (InstanceRecordKind Kind, string InstanceId, TurnRecord[] Turns) Decode(ReadOnlySpan<byte> payload)
    {
        RecordReader reader = new(payload);
        InstanceRecordKind kind = (InstanceRecordKind)reader.Byte();
        string id = reader.Text();
        TurnRecord[] turns = new TurnRecord[reader.Int()];
        for (int index = 0; index < turns.Length; index++)
            turns[index] = TurnCodec.Read(ref reader);
        return (kind, id, turns);
    }

    private static byte[] Encode(InstanceRecordKind kind, string instanceId, IReadOnlyList<TurnRecord> turns)
    {
        ArrayBufferWriter<byte> buffer = _buffer ??= new(4096);
        buffer.ResetWrittenCount();
        RecordWriter writer = new(buffer);
        writer.Byte((byte)kind);
        writer.Text(instanceId);
        writer.Int(turns.Count);
        foreach (TurnRecord turn in turns)
            TurnCodec.Write(writer, turn);
        byte[] record = new byte[buffer.WrittenCount + Crc32C.SealSize];
        buffer.WrittenSpan.CopyTo(record);
        Crc32C.Seal(record);
        return record;
    }
}
