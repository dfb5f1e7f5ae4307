using HybridAgents.Durable.Journal;
using HybridAgents.Durable.Tests.Journal;

namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>One bit of a disk is flipped: it must be refused, or read as if nothing were.</summary>
internal static class DamagedDisk
{
    /// <summary>Null, or what is wrong with how the damage was met.</summary>
    /// <param name="disk">A copy of the disk, to be damaged.</param>
    /// <param name="truth">What it held before.</param>
    /// <param name="random">Chooses the bit.</param>
    public static string? Judge(SimulatedFiles disk, DiskTruth truth, Random random)
    {
        string[] names = [.. disk.List().Where(name => disk[name].Length > 0).Order(StringComparer.Ordinal)];
        if (names.Length == 0)
            return null;
        string name = names[random.Next(names.Length)];
        byte[] bytes = [.. disk[name]];
        int offset = random.Next(bytes.Length);
        int unprotected = Unprotected(names, name, bytes);
        bytes[offset] ^= (byte)(1 << random.Next(8));
        disk[name] = bytes;
        try
        {
            return offset >= unprotected || DiskTruth.Read(disk).Agrees(truth) ? null : $"A flipped bit in {name} at {offset} went unnoticed and changed what was there.";
        }
        catch (Exception refused) when (refused is JournalCorruptException or JournalVersionException)
        {
            return null;
        }
    }

    /// <summary>From where on damage cannot be told from a torn write: no frame follows that says that this one was on disk. One more frame is left out, as the last one may be torn already.</summary>
    private static int Unprotected(string[] names, string name, byte[] bytes)
    {
        if (name != names.Where(other => SegmentHeader.TryParseName(other, out _)).LastOrDefault())
            return int.MaxValue;
        int last = bytes.AsSpan().LastIndexOf(FrameHeader.Magic);
        return last < 0 ? 0 : Math.Max(0, bytes.AsSpan(0, last).LastIndexOf(FrameHeader.Magic));
    }
}
