using System.Text;

namespace HybridAgents.Cli.Output;

/// <summary>Text from models, tools and servers, made harmless: nothing in it can move a terminal's cursor, set its title or turn its text around.</summary>
internal static class SafeText
{
    /// <summary>Keeps line breaks and tabs and shows every other control character as a visible sign.</summary>
    public static string ForTerminal(string text)
    {
        if (!text.AsSpan().ContainsAny(Unsafe))
            return text;
        StringBuilder safe = new(text.Length + 16);
        foreach (char letter in text.Replace("\r\n", "\n", StringComparison.Ordinal))
            safe.Append(Show(letter));
        return safe.ToString();
    }

    /// <summary>The same on one line, cut to <paramref name="length"/> characters.</summary>
    public static string Line(string text, int length = 200)
    {
        ReadOnlySpan<char> head = text.AsSpan().Trim();
        bool cut = head.Length > length;
        string line = ForTerminal(string.Concat(cut ? head[..length] : head, cut ? "…" : ""));
        return line.ReplaceLineEndings(" ").Replace('\t', ' ');
    }

    /// <summary>Escapes in JSON text what a terminal would obey; the value stays the same.</summary>
    /// <param name="json">JSON whose control characters below U+0020 are escaped already or are white space.</param>
    public static string ForJson(string json)
    {
        if (!json.AsSpan().ContainsAny(Unsafe))
            return json;
        StringBuilder safe = new(json.Length + 16);
        foreach (char letter in json)
            safe.Append(Unsafe.Contains(letter) && letter != '\r' ? $"\\u{(int)letter:x4}" : letter.ToString());
        return safe.ToString();
    }

    /// <summary>C0 but tab and line feed, delete, C1, and the embedding, override and isolate controls of bidirectional text.</summary>
    private static System.Buffers.SearchValues<char> Unsafe { get; } = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(static code => code is not ('\n' or '\t')).Concat(Enumerable.Range(0x7F, 0x21))
            .Concat(Enumerable.Range(0x202A, 5)).Concat(Enumerable.Range(0x2066, 4)).Select(static code => (char)code)]);

    private static string Show(char letter) => letter switch
    {
        _ when !Unsafe.Contains(letter) => letter.ToString(),
        < ' ' => ((char)(0x2400 + letter)).ToString(), // The sign for it: ␛ for escape.
        '\x7F' => "␡",
        _ => $"\\u{(int)letter:x4}",
    };
}
