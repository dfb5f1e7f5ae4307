namespace HybridAgents.Core.Privacy;

/// <summary>Check digits that several kinds of numbers share.</summary>
internal static class Checksums
{
    /// <summary>Luhn's check over the digits of <paramref name="text"/>; other characters do not count. ISO/IEC 7812-1.</summary>
    public static bool Luhn(ReadOnlySpan<char> text)
    {
        int sum = 0, position = 0;
        for (int index = text.Length - 1; index >= 0; index--)
        {
            if (!char.IsAsciiDigit(text[index]))
                continue;
            int digit = text[index] - '0';
            if (position++ % 2 == 1)
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }
}

/// <summary>Verhoeff's check digit, from the dihedral group of order ten (J. Verhoeff, Error detecting decimal codes, 1969).</summary>
internal static class Verhoeff
{
    private static readonly int[] First = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

    /// <summary>Whether the last digit checks the others.</summary>
    public static bool IsValid(string digits)
    {
        int check = 0;
        for (int position = 0; position < digits.Length; position++)
            check = Multiply(check, Permute(digits[^(position + 1)] - '0', position % 8));
        return check == 0;
    }

    private static int Permute(int digit, int times)
    {
        for (; times > 0; times--)
            digit = First[digit];
        return digit;
    }

    // 0–4 turn a pentagon, 5–9 turn it over first.
    private static int Multiply(int left, int right)
    {
        int turn = left < 5 ? (left + right) % 5 : (left - right + 10) % 5;
        return (left < 5) == (right < 5) ? turn : turn + 5;
    }
}
