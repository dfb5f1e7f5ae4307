using System.Buffers.Binary;

namespace HybridAgents.Durable.Journal;

/// <summary>What precedes the records of one commit group on disk, 44 bytes little endian. The payload is one <c>[kind byte][varint length][bytes]</c> per record.</summary>
/// <param name="Segment">The segment that it was written for.</param>
/// <param name="Lsn">The first record's LSN.</param>
/// <param name="Count">How many records follow.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Durable">The last LSN known to be on disk when this was written.</param>
/// <param name="PreviousCrc">The checksum of the frame before.</param>
/// <param name="PayloadCrc">The checksum of the payload.</param>
/// <param name="Crc">The checksum of this header, seeded with the segment's salt, so that stored content cannot pose as a frame.</param>
internal readonly record struct FrameHeader(int Segment, long Lsn, int Count, int Length, long Durable, uint PreviousCrc, uint PayloadCrc, uint Crc)
{
    public const int Size = 44;

    private const int CrcOffset = 40;

    /// <summary>Gets the first four bytes of every frame.</summary>
    public static ReadOnlySpan<byte> Magic => "HAJF"u8;

    /// <summary>Writes the header and returns its checksum.</summary>
    public static uint Write(Span<byte> target, int segment, long lsn, int count, int length, long durable, uint previousCrc, uint payloadCrc, uint salt)
    {
        Magic.CopyTo(target);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], segment);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], lsn);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], durable);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], length);
        BinaryPrimitives.WriteInt32LittleEndian(target[28..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(target[32..], previousCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(target[36..], payloadCrc);
        uint crc = Crc32C.Compute(target[..CrcOffset], salt);
        BinaryPrimitives.WriteUInt32LittleEndian(target[CrcOffset..], crc);
        return crc;
    }

    /// <summary>Reads a header; false unless magic, segment, sizes and header checksum are right.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, int segment, uint salt, out FrameHeader header)
    {
        header = default;
        if (source.Length < Size || !source.StartsWith(Magic))
            return false;
        header = new FrameHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[28..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[36..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[CrcOffset..]));
        return header.Segment == segment && header.Count > 0 && header.Length >= 0 && header.Crc == Crc32C.Compute(source[..CrcOffset], salt);
    }
}
