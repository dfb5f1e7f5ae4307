using System.Globalization;
using System.Text;

namespace HybridAgents.Functions.Storage;

/// <summary>A string or byte array that does not fit one property: 64 KiB at most, two bytes a character.</summary>
/// <remarks>
/// Its property holds a reference <c>§{s|b}:{bytes}[:{write}]</c>; the bytes (UTF-8 of a string) are in parts of 64 KiB, in properties <c>name__0</c>, <c>name__1</c>, …
/// of the same row or, where the reference names a write, of chunk rows. A text that begins with § gets another one in front.
/// </remarks>
/// <param name="IsText">Whether the value is a string.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Write">What chunk rows of the same write carry; null where the parts are in the row itself.</param>
internal sealed record LargeValue(bool IsText, int Length, string? Write)
{
    /// <summary>The largest part.</summary>
    public const int PartBytes = 64 * 1024;

    /// <summary>The longest text that one property takes, the mark in front included.</summary>
    public const int MaxTextLength = (PartBytes / 2) - 1;

    private const char Mark = '§';

    /// <summary>Gets the number of parts.</summary>
    public int Parts => (Length + PartBytes - 1) / PartBytes;

    /// <summary>The text as its property holds it.</summary>
    public static string Escape(string text) => text.StartsWith(Mark) ? Mark + text : text;

    /// <summary>The text that a property holds; null when the property holds a reference.</summary>
    public static string? Unescape(string stored) => !stored.StartsWith(Mark) ? stored : stored.Length > 1 && stored[1] == Mark ? stored[1..] : null;

    /// <summary>Reads a reference.</summary>
    public static LargeValue Parse(string stored)
    {
        string[] fields = stored.Split(':');
        return new(fields[0][1] == 's', int.Parse(fields[1], CultureInfo.InvariantCulture), fields.Length > 2 ? fields[2] : null);
    }

    /// <summary>The name of a part's property.</summary>
    public static string PartName(string name, int part) => string.Create(CultureInfo.InvariantCulture, $"{name}__{part}");

    /// <summary>Puts the value together.</summary>
    public object Join(IReadOnlyList<byte[]> parts)
    {
        byte[] whole = new byte[Length];
        int offset = 0;
        foreach (byte[] part in parts)
        {
            part.CopyTo(whole, offset);
            offset += part.Length;
        }

        return IsText ? Encoding.UTF8.GetString(whole) : whole;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Mark}{(IsText ? 's' : 'b')}:{Length}{(Write is null ? "" : ":" + Write)}");
}
