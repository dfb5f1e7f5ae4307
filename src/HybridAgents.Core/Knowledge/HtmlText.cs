using System.Net;
using System.Text;

namespace HybridAgents.Core.Knowledge;

/// <summary>The readable text of an HTML page: no tags, scripts, styles or comments; headings as Markdown, blocks on lines of their own. Time is linear in the length.</summary>
public static class HtmlText
{
    private static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase) { "script", "style", "noscript", "template", "svg", "head", "iframe", "object" };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "div", "section", "article", "header", "footer", "nav", "main", "aside", "ul", "ol", "table", "tr", "blockquote", "pre", "form", "figure", "h1", "h2", "h3", "h4", "h5", "h6",
    };

    /// <summary>Reads a page; its title is empty if it has none.</summary>
    public static (string Title, string Text) Read(string html)
    {
        StringBuilder text = new(), title = new();
        string? silent = null;
        bool inTitle = false;
        int position = 0;
        while (position < html.Length)
        {
            int open = html.IndexOf('<', position);
            if (open < 0)
                open = html.Length;
            string plain = WebUtility.HtmlDecode(html[position..open]);
            if (inTitle)
                title.Append(plain);
            else if (silent is null)
                text.Append(plain);
            if (open < html.Length && silent is not (null or "head"))
                open = EndOf(html, open, silent);
            if (open == html.Length)
                break;
            (string name, bool closing, position) = ReadTag(html, open);
            if (silent is null && position == open + 1)
                text.Append('<');
            if (name.Equals("title", StringComparison.OrdinalIgnoreCase) && silent is null or "head")
                inTitle = !closing;
            else if (silent is null && !closing && Silent.Contains(name))
                silent = name.ToLowerInvariant();
            else if (silent is not null && ((closing && name.Equals(silent, StringComparison.OrdinalIgnoreCase)) || (silent == "head" && name.Equals("body", StringComparison.OrdinalIgnoreCase))))
                silent = null;
            if (silent is null)
                Break(text, name, closing);
        }

        return (OneLine(title.ToString()), Tidy(text));
    }

    /// <summary>Where the end tag begins: what looks like a tag in a script is none.</summary>
    private static int EndOf(string html, int from, string name)
    {
        int end = html.IndexOf("</" + name, from, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? html.Length : end;
    }

    private static void Break(StringBuilder text, string name, bool closing)
    {
        if (name.Equals("br", StringComparison.OrdinalIgnoreCase))
            text.Append('\n');
        else if (name.Equals("li", StringComparison.OrdinalIgnoreCase))
            text.Append(closing ? "" : "\n- ");
        else if (Blocks.Contains(name))
            text.Append("\n\n").Append(!closing && name.Length == 2 && name[0] is 'h' or 'H' && char.IsAsciiDigit(name[1]) ? new string('#', name[1] - '0') + " " : "");
        else if (name is "td" or "th")
            text.Append(' ');
    }

    /// <summary>Reads a tag or comment; a comment has no name, and what is neither is one character long. The end is the length of a page that breaks off.</summary>
    private static (string Name, bool Closing, int End) ReadTag(string html, int open)
    {
        if (html.AsSpan(open).StartsWith("<!--"))
        {
            int end = html.IndexOf("-->", open + 4, StringComparison.Ordinal);
            return ("", false, end < 0 ? html.Length : end + 3);
        }

        int start = open + 1;
        if (start < html.Length && !char.IsAsciiLetter(html[start]) && html[start] is not ('/' or '!' or '?'))
            return ("", false, start);
        bool closing = start < html.Length && html[start] == '/';
        if (closing)
            start++;
        int stop = start;
        while (stop < html.Length && char.IsAsciiLetterOrDigit(html[stop]))
            stop++;
        int close = html.IndexOf('>', stop);
        return (html[start..stop], closing, close < 0 ? html.Length : close + 1);
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Lines without needless space, with at most one empty line between.</summary>
    private static string Tidy(StringBuilder text)
    {
        StringBuilder tidy = new();
        bool gap = false;
        foreach (string raw in text.ToString().Split('\n'))
        {
            string line = OneLine(raw);
            if (line.Trim('#', ' ', '-').Length == 0)
            {
                gap = tidy.Length > 0;
                continue;
            }

            tidy.Append(gap ? "\n\n" : tidy.Length > 0 ? "\n" : "").Append(line);
            gap = false;
        }

        return tidy.ToString();
    }
}
