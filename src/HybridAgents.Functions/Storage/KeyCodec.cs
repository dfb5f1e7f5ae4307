using System.Text;

namespace HybridAgents.Functions.Storage;

/// <summary>Writes keys so that Azure takes them and their ordinal order stays the same.</summary>
/// <remarks>
/// Azure forbids <c>/ \ # ?</c> and control characters. Each forbidden character shares a lead with the legal one next to it: the lead, then a symbol for the place in
/// that group. The lead itself is escaped too, so the order within a group is that of the symbols, and between groups that of the leads. The empty key becomes
/// <c>!"</c>; no key begins with <c>!!</c>, which is free for rows that are not the caller's.
/// </remarks>
internal static class KeyCodec
{
    /// <summary>What the store's own rows begin with; sorts before every key.</summary>
    public const string Reserved = "!!";

    /// <summary>The smallest key there is: the empty one.</summary>
    public const string First = "!\"";

    /// <summary>Azure's limit of 1 KiB, two bytes a character.</summary>
    private const int MaxLength = 512;

    private const string Symbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static readonly (char First, char Last, char Lead)[] Groups =
    [
        ('\u0000', '!', '!'), // control characters, and the space beside them
        ('"', '#', '"'),
        ('.', '/', '.'),
        ('>', '?', '>'),
        ('[', '\\', '['),
        ('~', '\u009F', '~'), // the second block of control characters
    ];

    /// <summary>Encodes a key.</summary>
    /// <exception cref="ArgumentException">The encoded key is above 512 characters.</exception>
    public static string Encode(string key)
    {
        if (key.Length == 0)
            return First;
        StringBuilder text = new(key.Length + 8);
        foreach (char character in key)
        {
            if (Array.Find(Groups, group => character >= group.First && character <= group.Last) is { Lead: not '\0' } group)
                text.Append(group.Lead).Append(Symbols[character - group.First]);
            else
                text.Append(character);
        }

        return text.Length <= MaxLength
            ? text.ToString()
            : throw new ArgumentException($"A key takes {text.Length} characters in Azure Table storage; at most {MaxLength} are allowed.", nameof(key));
    }

    /// <summary>Decodes what <see cref="Encode"/> made.</summary>
    public static string Decode(string encoded)
    {
        if (encoded == First)
            return "";
        StringBuilder text = new(encoded.Length);
        for (int index = 0; index < encoded.Length; index++)
        {
            char character = encoded[index];
            text.Append(Array.Find(Groups, group => character == group.Lead) is { Lead: not '\0' } group
                ? (char)(group.First + Symbols.IndexOf(encoded[++index], StringComparison.Ordinal))
                : character);
        }

        return text.ToString();
    }
}
