using System.Buffers;
using System.Globalization;
using System.Text;

namespace HybridAgents.Core.Privacy;

/// <summary>
/// Brings text that looks alike, or will when it is read, to one form: JSON's <c>\uXXXX</c> to what it stands for, wide and mathematical letters to plain ones, digits of any script to ASCII,
/// every space and hyphen to the common one, and what cannot be seen to nothing.
/// </summary>
/// <remarks>Part of what Unicode's compatibility forms do, which the runtime has only with its globalization data. Letters of other scripts that resemble Latin ones stay as they are.</remarks>
internal static class TextFolding
{
    private const string Escape = @"\u";
    private const int EscapeLength = 6;
    private const int WideOffset = 0xFEE0;
    private const int FirstMathLetter = 0x1D400;
    private const int LastMathLetter = 0x1D6A3;

    private static readonly SearchValues<char> Ascii = SearchValues.Create([.. Enumerable.Range(0, 128).Select(static code => (char)code)]);

    /// <summary>The plain form; the text itself, at no cost of memory, when it is plain. ASCII text is recognised by vectorised searches.</summary>
    public static string Fold(string text)
    {
        if (text.Contains(Escape, StringComparison.Ordinal))
            text = Unescaped(text);
        int first = text.AsSpan().IndexOfAnyExcept(Ascii);
        return first < 0 || IsPlain(text.AsSpan(first)) ? text : Folded(text);
    }

    private static string Unescaped(string text)
    {
        StringBuilder plain = new(text.Length);
        int index = 0;
        while (index < text.Length)
        {
            bool escaped = text.AsSpan(index).StartsWith(Escape, StringComparison.Ordinal) && index + EscapeLength <= text.Length;
            if (escaped && ushort.TryParse(text.AsSpan(index + Escape.Length, EscapeLength - Escape.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            {
                plain.Append((char)code);
                index += EscapeLength;
            }
            else
            {
                plain.Append(text[index++]);
            }
        }

        return plain.ToString();
    }

    private static bool IsPlain(ReadOnlySpan<char> text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Fold(rune) != rune)
                return false;
        }

        return true;
    }

    private static string Folded(string text)
    {
        StringBuilder folded = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Fold(rune) is { } plain)
                folded.Append(plain);
        }

        return folded.ToString();
    }

    private static Rune? Fold(Rune rune) => rune.Value switch
    {
        < 128 => rune,
        >= 0xFF01 and <= 0xFF5E => new(rune.Value - WideOffset),
        >= FirstMathLetter and <= LastMathLetter => new((rune.Value - FirstMathLetter) % 52 is < 26 and int capital ? 'A' + capital : 'a' + ((rune.Value - FirstMathLetter) % 52) - 26),
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Format => null,
            UnicodeCategory.SpaceSeparator => new(' '),
            UnicodeCategory.DashPunctuation => new('-'),
            UnicodeCategory.DecimalDigitNumber => new('0' + (int)Rune.GetNumericValue(rune)),
            _ => rune,
        },
    };
}
