using System.Buffers;
using System.Security.Cryptography;
using System.Text;

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
        return "run_" + Encode(value, 26);
    }

    /// <summary>The id of a run that another one starts in one of its steps: the same whenever the step is executed, and as old as its parent.</summary>
    /// <param name="parentId">The run that starts it.</param>
    /// <param name="step">The step and the place in it, unique within the parent.</param>
    public static string Child(string parentId, string step)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{parentId}/{step}"));
        UInt128 value = 0;
        foreach (byte part in hash.AsSpan(0, 10))
            value = (value << 8) | part;
        return parentId[..14] + Encode(value, 16);
    }

    private static string Encode(UInt128 value, int length) => string.Create(length, value, static (text, rest) =>
    {
        for (int index = text.Length - 1; index >= 0; index--, rest >>= 5)
            text[index] = Alphabet[(int)(rest & 31)];
    });

    /// <summary>Whether <paramref name="text"/> has the form of a run id.</summary>
    public static bool IsValid(string text) =>
        text.Length == 30 && text.StartsWith("run_", StringComparison.Ordinal) && text.AsSpan(4).IndexOfAnyExcept(AlphabetValues) < 0;
}
