namespace HybridAgents.Core.Knowledge;

/// <summary>The text of a document as it is searched, and its title.</summary>
/// <param name="Title">1 to 300 characters.</param>
/// <param name="Text">Markdown or plain text.</param>
public sealed record DocumentText(string Title, string Text)
{
    private const string Untitled = "Untitled";

    /// <summary>Reads a Markdown or plain text; without a title, the first heading is it.</summary>
    public static DocumentText OfText(string text, string? title = null) => new(Name(title, HeadingOf(text)), text);

    /// <summary>Reads an HTML page; without a title, the page's own is it.</summary>
    public static DocumentText OfHtml(string html, string? title = null)
    {
        (string own, string text) = HtmlText.Read(html);
        return new(Name(title, own.Length > 0 ? own : HeadingOf(text)), text);
    }

    /// <summary>The first heading of the first level; null if there is none.</summary>
    internal static string? HeadingOf(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.Trim() is ['#', ' ', .. ReadOnlySpan<char> heading])
                return heading.Trim().ToString();
        }

        return null;
    }

    private static string Name(string? given, string? own) =>
        !string.IsNullOrWhiteSpace(given) ? Passage.Bounded(given.Trim()) : !string.IsNullOrWhiteSpace(own) ? Passage.Bounded(own) : Untitled;
}
