using System.Globalization;

namespace HybridAgents.Durable.Journal;

/// <summary>The version of everything that the journal writes. Each file says in which one it was written.</summary>
/// <remarks>
/// A change of any stored form is a new version, with a reader for the old one that stays for as long as <see cref="Oldest"/> says. Old segments are read as they are; what is
/// written is always current, so the next checkpoint and the compaction carry a folder forward. 1 was never released; 2 seals values.
/// </remarks>
internal static class JournalFormat
{
    public const int Current = 2;
    public const int Oldest = 2;

    /// <summary>Throws unless this build can read the version.</summary>
    /// <exception cref="JournalVersionException">It cannot.</exception>
    public static void Check(string file, int version)
    {
        if (version is < Oldest or > Current)
            throw new JournalVersionException(file, version);
    }

    /// <summary>Reads a version of four digits; 0 if it is none.</summary>
    public static int Parse(ReadOnlySpan<byte> digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;
}
