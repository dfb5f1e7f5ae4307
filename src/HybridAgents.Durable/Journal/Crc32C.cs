using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridAgents.Durable.Journal;

/// <summary>The Castagnoli checksum, by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
    /// <summary>What <see cref="Seal"/> takes at the end of the bytes.</summary>
    public const int SealSize = 4;

    /// <summary>Writes the checksum of everything before it into the last <see cref="SealSize"/> bytes: so a part of a record can be checked when it alone is read back.</summary>
    public static void Seal(Span<byte> bytes) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[^SealSize..], Compute(bytes[..^SealSize]));

    /// <summary>Whether the bytes are as <see cref="Seal"/> left them.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= SealSize && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^SealSize..]) == Compute(bytes[..^SealSize]);

    /// <summary>Continues the checksum <paramref name="seed"/> over <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        uint crc = ~seed;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, word);
        foreach (byte rest in bytes[(bytes.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
