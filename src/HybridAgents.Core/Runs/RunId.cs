using System.Buffers;
using System.Security.Cryptography;

namespace HybridAgents.Core.Runs;

/// <summary>Ids of runs: <c>run_</c> and a ULID (48 bits of Unix milliseconds, 80 random bits, Crockford base 32), so that ids sort by time.</summary>
public static class RunId
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly SearchValues<char> AlphabetValues = SearchValues.Create(Alphabet);

    /// <summary>Makes a new id.</summary>
    public static string New(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[10];
        RandomNumberGenerator.Fill(random);
        UInt128 value = (UInt128)(ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << 80;
        for (int index = 0; index < random.Length; index++)
            value |= (UInt128)random[index] << (8 * (9 - index));
        return string.Create(30, value, static (text, rest) =>
        {
            "run_".CopyTo(text);
            for (int index = 29; index >= 4; index--, rest >>= 5)
                text[index] = Alphabet[(int)(rest & 31)];
        });
    }

    /// <summary>Whether <paramref name="text"/> has the form of a run id.</summary>
    public static bool IsValid(string text) =>
        text.Length == 30 && text.StartsWith("run_", StringComparison.Ordinal) && text.AsSpan(4).IndexOfAnyExcept(AlphabetValues) < 0;
}
