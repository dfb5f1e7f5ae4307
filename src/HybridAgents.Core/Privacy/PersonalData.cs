using System.Text.RegularExpressions;

namespace HybridAgents.Core.Privacy;

/// <summary>Personal data that is known by its shape: e-mail addresses, payment cards (Luhn), IBANs (mod 97) and US social security numbers.</summary>
internal static class PersonalData
{
    private static readonly Regex Email = LinearRegex.Create(@"\b[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}\b");

    // Thirteen to nineteen digits, in groups or not; a longer run of digits is not a card.
    private static readonly Regex Card = LinearRegex.Create(@"\b[0-9](?:[ -]?[0-9]){12,18}\b");
    private static readonly Regex Iban = LinearRegex.Create(@"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b");
    private static readonly Regex SocialSecurity = LinearRegex.Create(@"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b");

    public static IEnumerable<SensitiveMatch> Find(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
        {
            for (Match match = Email.Match(text); match.Success; match = match.NextMatch())
                yield return new(match.Index, match.Length, "email");
        }

        if (!text.AsSpan().ContainsAnyInRange('0', '9'))
            yield break;
        for (Match match = Card.Match(text); match.Success; match = match.NextMatch())
        {
            if (IsCard(match.ValueSpan))
                yield return new(match.Index, match.Length, "card");
        }

        for (Match match = Iban.Match(text); match.Success; match = match.NextMatch())
        {
            if (IsIban(match.ValueSpan))
                yield return new(match.Index, match.Length, "iban");
        }

        for (Match match = SocialSecurity.Match(text); match.Success; match = match.NextMatch())
        {
            if (IsSocialSecurity(match.ValueSpan))
                yield return new(match.Index, match.Length, "ssn");
        }
    }

    // Luhn's check, and a leading digit that an issuer of cards has: an order number rarely passes both.
    private static bool IsCard(ReadOnlySpan<char> text)
    {
        int sum = 0, position = 0;
        for (int index = text.Length - 1; index >= 0; index--)
        {
            if (!char.IsAsciiDigit(text[index]))
                continue;
            int digit = text[index] - '0';
            if (position++ % 2 == 1)
                digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0 && text[0] is >= '2' and <= '6';
    }

    // The check digits and the country move to the end, letters become numbers, and the whole leaves 1 modulo 97.
    private static bool IsIban(ReadOnlySpan<char> text)
    {
        int rest = Modulo97(Modulo97(0, text[4..]), text[..4]);
        return rest == 1;
    }

    private static int Modulo97(int rest, ReadOnlySpan<char> text)
    {
        foreach (char value in text)
        {
            if (char.IsAsciiDigit(value))
                rest = (rest * 10 + (value - '0')) % 97;
            else if (value != ' ')
                rest = (rest * 100 + (value - 'A' + 10)) % 97;
        }

        return rest;
    }

    // Areas 000, 666 and 9xx, group 00 and serial 0000 are never given out.
    private static bool IsSocialSecurity(ReadOnlySpan<char> text) =>
        text[0] != '9' && text[..3] is not ("000" or "666") && text[4..6] is not "00" && text[7..] is not "0000";
}
