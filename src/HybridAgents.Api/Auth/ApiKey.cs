using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace HybridAgents.Api.Auth;

/// <summary>The text of an API key: <c>ha_</c>, an id of 12 hex digits, <c>_</c>, and 256 random bits. Only its hash is stored.</summary>
/// <remarks>A plain SHA-256 is enough: the secret is random and as long as the hash, so there is nothing to guess.</remarks>
public static class ApiKey
{
    private const string Scheme = "ha_";
    private const int IdLength = 12;
    private const int SecretLength = 43;
    private const int Length = 3 + IdLength + 1 + SecretLength;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Makes a new key.</summary>
    public static string New() =>
        $"{Scheme}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2))}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    /// <summary>The key's id: no secret.</summary>
    public static string IdOf(string key) => key.Substring(Scheme.Length, IdLength);

    /// <summary>What is shown of a key: enough to recognise it.</summary>
    public static string PrefixOf(string id) => $"{Scheme}{id}";

    /// <summary>Whether <paramref name="text"/> has the form of a key.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length == Length && text.StartsWith(Scheme, StringComparison.Ordinal) && IsId(text.AsSpan(Scheme.Length, IdLength)) && text[Scheme.Length + IdLength] == '_';

    /// <summary>Whether <paramref name="text"/> has the form of a key's id.</summary>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length == IdLength && text.IndexOfAnyExcept(HexDigits) < 0;

    /// <summary>What is stored.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether a key has that hash, in a time that says nothing about where they differ.</summary>
    public static bool Matches(string key, byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash(key), hash);
}
