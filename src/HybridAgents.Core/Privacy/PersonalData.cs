using System.Text.RegularExpressions;
using HybridAgents.Core.Text;

namespace HybridAgents.Core.Privacy;

/// <summary>Personal data that is known by its shape: e-mail addresses, telephone numbers, payment cards (Luhn), IBANs (mod 97) and national ids.</summary>
internal static class PersonalData
{
    private static readonly Regex Email = LinearRegex.Create(@"\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}\b");

    // In one piece, in fours, or in the groups of 4, 6 and 5 of fifteen-digit cards. Other groupings are tables of numbers.
    private static readonly Regex Card = LinearRegex.Create(@"\b(?:[0-9]{14,16}|[0-9]{19}|[0-9]{4}(?:[ -][0-9]{4}){3}|3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5})\b");
    private static readonly Regex IbanLike = LinearRegex.Create(@"(?i)\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b");

    // With a country's code, or a North American area code in brackets. National forms look like any other number.
    private static readonly Regex Phone = LinearRegex.Create(@"(?:^|[^\w+])(?<number>\+[1-9](?:[ ./()-]{0,2}[0-9]){7,14}|\([2-9][0-9]{2}\) ?[2-9][0-9]{2}-[0-9]{4})\b");

    public static IEnumerable<SensitiveMatch> Find(string text)
    {
        bool email = text.Contains('@', StringComparison.Ordinal), number = MayHoldNumber(text), named = NamedNumbers.MayBeIn(text);
        return email || number || named ? FindEach(text, email, number, named) : [];
    }

    private static IEnumerable<SensitiveMatch> FindEach(string text, bool email, bool number, bool named)
    {
        foreach (SensitiveMatch match in named ? NamedNumbers.Find(text) : [])
            yield return match;
        for (Match match = email ? Email.Match(text) : Match.Empty; match.Success; match = match.NextMatch())
            yield return new(match.Index, match.Length, "email");
        if (!number)
            yield break;
        for (Match match = Card.Match(text); match.Success; match = match.NextMatch())
        {
            if (IsCard(match.ValueSpan))
                yield return new(match.Index, match.Length, "card");
        }

        for (Match match = IbanLike.Match(text); match.Success; match = match.NextMatch())
        {
            if (Iban.LengthIn(match.ValueSpan) is > 0 and int length)
                yield return new(match.Index, length, "iban");
        }

        for (Match match = Phone.Match(text); match.Success; match = match.NextMatch())
            yield return new(match.Groups["number"].Index, match.Groups["number"].Length, "phone");
        foreach (SensitiveMatch match in NationalIds.Find(text))
            yield return match;
    }

    // Hops from number to number. Most texts with figures hold none that is long enough or joined to others in the right way, and are spared the patterns.
    private static bool MayHoldNumber(ReadOnlySpan<char> text)
    {
        ulong before = 0;
        for (int start = 0; start < text.Length; start += CharacterBlock.Size)
        {
            ulong digits = CharacterBlock.At(text, start).Digits;
            ulong numbers = digits & ~((digits << 1) | before);
            before = digits >> (CharacterBlock.Size - 1);
            while (numbers != 0)
            {
                if (MayBePersonal(text, start + CharacterBlock.Next(ref numbers)))
                    return true;
            }
        }

        return false;
    }

    private static bool MayBePersonal(ReadOnlySpan<char> text, int start)
    {
        int end = start + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        bool joined = end < text.Length && (text[end] == ')' || (end + 1 < text.Length && text[end] is ' ' or '-' or '.' && char.IsAsciiDigit(text[end + 1])));
        bool prefixed = start >= 2 && char.IsAsciiLetter(text[start - 1]) && char.IsAsciiLetter(text[start - 2]);
        return end - start >= 7 || (end - start >= 2 && (joined || prefixed)) || (start > 0 && text[start - 1] == '+');
    }

    // Luhn's check, and a leading digit that an issuer of cards has: an order number rarely passes both.
    private static bool IsCard(ReadOnlySpan<char> text) => text[0] is >= '2' and <= '6' && Checksums.Luhn(text);
}
