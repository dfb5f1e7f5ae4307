namespace HybridAgents.Core.Knowledge;

/// <summary>Cuts documents into pieces that are searched and cited one by one: at headings, else between paragraphs, else between words. Time is linear in the length.</summary>
public static class Chunker
{
    /// <summary>The most characters of a piece.</summary>
    public const int MaxLength = 1500;

    private const int EnoughLength = 800;
    private const int MaxHeading = 200;

    /// <summary>The pieces of a text (Markdown or plain), in order; none of an empty one.</summary>
    public static IReadOnlyList<Chunk> Split(string text)
    {
        Cutter cutter = new(text);
        bool fenced = false;
        for (int line = 0; line < text.Length;)
        {
            int feed = text.IndexOf('\n', line);
            int end = feed < 0 ? text.Length : feed + 1;
            ReadOnlySpan<char> content = text.AsSpan(line, end - line).Trim();
            if (content.StartsWith("```"))
                fenced = !fenced;
            if (!fenced && LevelOf(content) is > 0 and int level)
                cutter.Heading(line, level, content[level..].Trim());
            else
                cutter.Line(end, isEmpty: content.IsEmpty);
            line = end;
        }

        return cutter.Finish();
    }

    private static int LevelOf(ReadOnlySpan<char> line)
    {
        int level = line.IndexOfAnyExcept('#');
        return level is >= 1 and <= 6 && line[level] == ' ' ? level : 0;
    }

    private sealed class Cutter(string text)
    {
        private readonly List<Chunk> _chunks = [];
        private readonly string?[] _headings = new string?[6];
        private string _section = "";
        private bool _hasBody;
        private int _start;

        public void Heading(int position, int level, ReadOnlySpan<char> heading)
        {
            if (_hasBody)
                CutAt(position);
            _headings[level - 1] = heading[..Math.Min(heading.Length, MaxHeading)].ToString();
            Array.Clear(_headings, level, _headings.Length - level);
            _section = string.Join(" > ", _headings.Where(static part => !string.IsNullOrEmpty(part)));
        }

        public void Line(int end, bool isEmpty)
        {
            _hasBody |= !isEmpty;
            if (isEmpty && end - _start is >= EnoughLength and <= MaxLength)
                CutAt(end);
            CutToLength(end);
        }

        public List<Chunk> Finish()
        {
            CutToLength(text.Length);
            if (_start < text.Length)
                CutAt(text.Length);
            return _chunks;
        }

        private void CutToLength(int end)
        {
            while (end - _start > MaxLength)
            {
                int space = text.LastIndexOfAny([' ', '\n', '\t'], _start + MaxLength - 1, MaxLength / 2);
                int cut = space < 0 ? _start + MaxLength : space + 1;
                CutAt(char.IsLowSurrogate(text[cut]) ? cut - 1 : cut);
            }
        }

        private void CutAt(int position)
        {
            _chunks.Add(new(_section, _start, text[_start..position]));
            (_start, _hasBody) = (position, false);
        }
    }
}
