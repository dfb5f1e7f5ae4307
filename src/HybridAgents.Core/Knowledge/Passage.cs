namespace HybridAgents.Core.Knowledge;

/// <summary>Picks the part of a document that answers a query best.</summary>
internal static class Passage
{
    private const int MaxLength = 300;

    /// <summary>The paragraph that holds most different words of the query, the first of equals; at most 300 characters, on one line.</summary>
    public static string Best(string text, IReadOnlySet<string> query)
    {
        string best = "";
        int most = -1;
        foreach (string paragraph in Paragraphs(text))
        {
            int found = Words.Of(paragraph).Where(query.Contains).Distinct(StringComparer.Ordinal).Count();
            if (found > most)
                (best, most) = (paragraph, found);
        }

        return Bounded(best);
    }

    /// <summary>Shortens to 300 characters without splitting a character of two units.</summary>
    public static string Bounded(string text)
    {
        if (text.Length <= MaxLength)
            return text;
        int end = MaxLength - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    // Headings stand before their paragraph, not alone; long paragraphs are cut into windows.
    private static IEnumerable<string> Paragraphs(string text)
    {
        string heading = "";
        foreach (string block in text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string line = heading + string.Join(' ', block.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            if (block.StartsWith('#') && !block.Contains('\n', StringComparison.Ordinal))
            {
                heading = line.TrimStart('#', ' ') + ": ";
                continue;
            }

            heading = "";
            for (int start = 0; start < line.Length; start += MaxLength)
                yield return line.Substring(start, Math.Min(MaxLength, line.Length - start));
        }

        if (heading.Length > 0)
            yield return heading.TrimEnd(':', ' ');
    }
}
