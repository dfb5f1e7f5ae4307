using System.Text.RegularExpressions;

namespace HybridAgents.Core.Privacy;

/// <summary>National identity and insurance numbers whose own rules tell them from other numbers; most end in check digits.</summary>
internal static class NationalIds
{
    private const string Dni = "TRWAGMYFPDXBNJZSQVHLCKE";
    private const string ChineseChecks = "10X98765432";

    // Values of a letter or digit in an odd place of a codice fiscale, 0–9 as A–J.
    private static readonly int[] CodiceOdd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

    private static readonly (string Name, string Expression, Func<string, bool> IsValid)[] Rules =
    [
        // US social security: areas 000, 666 and 9xx, group 00 and serial 0000 are never given out.
        ("us", "[0-9]{3}-[0-9]{2}-[0-9]{4}", static id => id[0] != '9' && id[..3] is not ("000" or "666") && id[3..5] != "00" && id[5..] != "0000"),
        // UK national insurance: prefixes and suffixes in use.
        ("gb", "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]", static id => id[..2] is not ("BG" or "GB" or "KN" or "NK" or "NT" or "TN" or "ZZ")),
        // Spain, DNI and NIE: the letter is the number modulo 23.
        ("es", "[XYZ0-9][0-9]{7}-?[A-Z]", static id => Dni[Number($"{(char.IsAsciiDigit(id[0]) ? id[0] : (char)(id[0] - 'X' + '0'))}{id.AsSpan(1, 7)}", 23)] == id[8]),
        // Italy, codice fiscale: the last letter is a sum modulo 26.
        ("it", "[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]", IsCodiceFiscale),
        // France, NIR: the last two digits are 97 less the rest modulo 97.
        ("fr", "[12] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}", static id => 97 - Number(id.AsSpan(0, 13), 97) == Number(id.AsSpan(13), 100)),
        // Brazil, CPF: two digits, each the weighted sum of those before.
        ("br", @"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", static id => CpfDigit(id, 9) == id[9] - '0' && CpfDigit(id, 10) == id[10] - '0'),
        // Sweden, personnummer: Luhn over its ten digits.
        ("se", "(?:19|20)?[0-9]{2}[01][0-9][0-9]{2}[-+][0-9]{4}", static id => Luhn(id[^10..])),
        // Poland, PESEL: weights 1, 3, 7, 9; the month says the century.
        ("pl", "[0-9]{2}[0-9][0-9][0-3][0-9][0-9]{5}", static id => Number(id.AsSpan(2, 2), 20) is >= 1 and <= 12 && Number(id.AsSpan(4, 2), 100) is >= 1 and <= 31 && Sum(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0),
        // Germany, tax identification: ISO 7064 MOD 11, 10, and one digit two or three times among the first ten.
        ("de", "[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", static id => id[..10].GroupBy(static digit => digit).Count(static group => group.Count() is 2 or 3) == 1 && Mod11And10(id[..10]) == id[10] - '0'),
        // India, Aadhaar: Verhoeff's check.
        ("in", "[2-9][0-9]{3} [0-9]{4} [0-9]{4}", Verhoeff.IsValid),
        // China, resident identity: ISO 7064 MOD 11-2 after a date of birth.
        ("cn", "[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9X]", static id => ChineseChecks[Sum(id[..17], [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] == id[17]),
        // Switzerland, AHV: EAN-13.
        ("ch", @"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}", static id => Sum(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 == 0),
        // Canada, social insurance: Luhn.
        ("ca", "[1-79][0-9]{2}[ -][0-9]{3}[ -][0-9]{3}", Luhn),
    ];

    private static readonly Regex[] Expressions = [.. Rules.Select(static rule => LinearRegex.Create($@"(?i)\b{rule.Expression}\b"))];

    // One pass tells whether any could be there: nearly always none is.
    private static readonly Regex Any = LinearRegex.Create($@"(?i)\b(?:{string.Join('|', Rules.Select(static rule => rule.Expression))})\b");

    public static IEnumerable<SensitiveMatch> Find(string text) => Any.IsMatch(text) ? FindEach(text) : [];

    private static IEnumerable<SensitiveMatch> FindEach(string text)
    {
        for (int rule = 0; rule < Rules.Length; rule++)
        {
            for (Match match = Expressions[rule].Match(text); match.Success; match = match.NextMatch())
            {
                string id = string.Concat(match.Value.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
                if (Rules[rule].IsValid(id))
                    yield return new(match.Index, match.Length, "national_id");
            }
        }
    }

    private static int Number(ReadOnlySpan<char> digits, int modulus)
    {
        int rest = 0;
        foreach (char digit in digits)
            rest = ((rest * 10) + (digit - '0')) % modulus;
        return rest;
    }

    private static int Sum(string digits, ReadOnlySpan<int> weights)
    {
        int sum = 0;
        for (int index = 0; index < weights.Length; index++)
            sum += (digits[index] - '0') * weights[index];
        return sum;
    }

    private static bool Luhn(string digits) => Checksums.Luhn(digits);

    private static int CpfDigit(string id, int count)
    {
        int sum = 0;
        for (int index = 0; index < count; index++)
            sum += (id[index] - '0') * (count + 1 - index);
        return sum * 10 % 11 % 10;
    }

    private static bool IsCodiceFiscale(string id)
    {
        int sum = 0;
        for (int index = 0; index < 15; index++)
        {
            int value = char.IsAsciiDigit(id[index]) ? id[index] - '0' : id[index] - 'A';
            sum += index % 2 == 0 ? CodiceOdd[value] : value;
        }

        return id[15] - 'A' == sum % 26;
    }

    private static int Mod11And10(string digits)
    {
        int product = 10;
        foreach (char digit in digits)
        {
            int sum = (digit - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (11 - product) % 10;
    }
}
