namespace HybridAgents.Core.Knowledge;

/// <summary>A piece of a document: the pieces, one after the other, are its text.</summary>
/// <param name="Section">The headings above its end, outermost first, as <c>A &gt; B</c>; empty without any.</param>
/// <param name="Start">Where it begins, in characters from the beginning of the document.</param>
/// <param name="Text">Its text, headings included; 1 to <see cref="Chunker.MaxLength"/> characters.</param>
public sealed record Chunk(string Section, int Start, string Text)
{
    /// <summary>What it is found by: its own words, its section's and the document's title.</summary>
    public string ToIndexedText(string title) => $"{title}\n{Section}\n{Text}";

    /// <summary>The part that fits a query best: at most 300 characters, on one line.</summary>
    public string PassageFor(string query) => Passage.Best(Text, TextIndex.WordsOf(query));
}
