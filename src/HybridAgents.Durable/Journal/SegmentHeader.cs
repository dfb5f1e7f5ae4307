using System.Buffers.Binary;
using System.Globalization;

namespace HybridAgents.Durable.Journal;

/// <summary>The first 32 bytes of a segment file. A segment has its name only after this is on disk.</summary>
/// <param name="Number">The segment's number, from 1.</param>
/// <param name="Salt">A random number that seeds the checksums of the segment's frame headers.</param>
/// <param name="FirstLsn">The LSN of its first record.</param>
/// <param name="PreviousCrc">The checksum of the last frame of the segment before.</param>
internal readonly record struct SegmentHeader(int Number, uint Salt, long FirstLsn, uint PreviousCrc)
{
    public const int Size = 32;

    private const string Extension = ".segment";

    private static ReadOnlySpan<byte> Magic => "HAJS"u8;

    public static string FileName(int number) => number.ToString("D10", CultureInfo.InvariantCulture) + Extension;

    public static bool TryParseName(string name, out int number)
    {
        number = 0;
        return name.EndsWith(Extension, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
    }

    public void Write(Span<byte> target)
    {
        Magic.CopyTo(target);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], JournalFormat.Current);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], FirstLsn);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], PreviousCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], Crc32C.Compute(target[..28]));
    }

    /// <exception cref="JournalCorruptException">It is damaged.</exception>
    /// <exception cref="JournalVersionException">This build does not read its version.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> source, int number)
    {
        if (source.Length < Size || !source.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(source[28..]) != Crc32C.Compute(source[..28]))
            throw new JournalCorruptException(FileName(number), 0, "the segment's header is damaged");
        JournalFormat.Check(FileName(number), BinaryPrimitives.ReadInt32LittleEndian(source[4..]));
        if (BinaryPrimitives.ReadInt32LittleEndian(source[8..]) is var actual && actual != number)
            throw new JournalCorruptException(FileName(number), 8, $"the file holds segment {actual}");
        return new SegmentHeader(number, BinaryPrimitives.ReadUInt32LittleEndian(source[12..]), BinaryPrimitives.ReadInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt32LittleEndian(source[24..]));
    }
}
