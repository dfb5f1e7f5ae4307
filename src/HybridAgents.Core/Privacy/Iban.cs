namespace HybridAgents.Core.Privacy;

/// <summary>International bank account numbers.</summary>
internal static class Iban
{
    // Country and length of its numbers, from the registry of ISO 13616.
    private const string Lengths =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IS26IT27" +
        "JO30KW30KZ20LB28LC32LI21LT20LU20LV21MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27ST25SV28TN24TR26UA29VA22VG24XK20";

    private static readonly Dictionary<string, int> LengthByCountry =
        Lengths.Chunk(4).ToDictionary(static entry => new string(entry, 0, 2), static entry => int.Parse(entry.AsSpan(2), provider: null));

    /// <summary>How many characters at the start of <paramref name="text"/>, single spaces and hyphens included, are a valid number; 0 if it does not start with one.</summary>
    /// <remarks>The country and check digits move to the end, letters become numbers (A is 10), and the whole leaves 1 modulo 97.</remarks>
    public static int LengthIn(ReadOnlySpan<char> text)
    {
        if (!LengthByCountry.TryGetValue(text[..2].ToString().ToUpperInvariant(), out int wanted))
            return 0;
        int rest = 0, seen = 0, length = 0;
        for (; length < text.Length && seen < wanted; length++)
        {
            if (text[length] is ' ' or '-')
                continue;
            if (seen++ >= 4)
                rest = Append(rest, text[length]);
        }

        foreach (char value in text[..4])
            rest = Append(rest, value);
        return seen == wanted && rest == 1 ? length : 0;
    }

    private static int Append(int rest, char value) => char.IsAsciiDigit(value) ? (rest * 10 + (value - '0')) % 97 : (rest * 100 + (char.ToUpperInvariant(value) - 'A' + 10)) % 97;
}
