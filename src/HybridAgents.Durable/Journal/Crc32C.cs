using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridAgents.Durable.Journal;

/// <summary>The Castagnoli checksum, by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
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
