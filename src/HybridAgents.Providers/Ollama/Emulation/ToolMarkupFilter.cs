using System.Text;

namespace HybridAgents.Providers.Ollama.Emulation;

/// <summary>Separates text from tool blocks while both stream in. What could be the beginning of a block is held back, so that markup is never shown.</summary>
/// <remarks>White space before a block is dropped with it. A closing mark inside a JSON string does not close the block.</remarks>
internal sealed class ToolMarkupFilter
{
    /// <summary>A block longer than this is closed where it is.</summary>
    private const int MaxBlockLength = 64 * 1024;

    private readonly StringBuilder _held = new();
    private readonly List<string> _blocks = [];
    private bool _inside;

    /// <summary>Gets the blocks that are complete, without their marks.</summary>
    public IReadOnlyList<string> Blocks => _blocks;

    /// <summary>Takes more of the answer and gives the text that may be shown now.</summary>
    public string Push(string text)
    {
        _held.Append(text);
        StringBuilder shown = new();
        while (_inside ? TakeBlock(final: false) : TakeText(shown))
        {
        }

        return shown.ToString();
    }

    /// <summary>Ends the answer: gives what was held back; a block that was not closed counts as closed.</summary>
    public string Finish()
    {
        StringBuilder shown = new();
        while (_held.Length > 0)
        {
            if (_inside)
                TakeBlock(final: true);
            else if (!TakeText(shown))
            {
                shown.Append(_held.ToString().TrimEnd());
                _held.Clear();
            }
        }

        return shown.ToString();
    }

    /// <summary>Moves text out; true when a block begins behind it.</summary>
    private bool TakeText(StringBuilder shown)
    {
        string held = _held.ToString();
        int open = held.IndexOf(ToolPrompt.Open, StringComparison.OrdinalIgnoreCase);
        if (open >= 0)
        {
            shown.Append(held.AsSpan(0, open).TrimEnd());
            _held.Remove(0, open + ToolPrompt.Open.Length);
            return _inside = true;
        }

        int safe = held.Length - Suspicious(held);
        shown.Append(held, 0, safe);
        _held.Remove(0, safe);
        return false;
    }

    /// <summary>Moves a block out; false when its end has not come yet.</summary>
    private bool TakeBlock(bool final)
    {
        string held = _held.ToString();
        int close = CloseOf(held);
        if (close < 0 && (final || held.Length > MaxBlockLength))
            close = FirstClose(held, 0) is >= 0 and { } first ? first : held.Length;
        if (close < 0)
            return false;
        _blocks.Add(held[..close]);
        _held.Remove(0, Math.Min(held.Length, close + ToolPrompt.Close.Length));
        _inside = false;
        return true;
    }

    /// <summary>The closing mark that is not inside a JSON string; -1 if there is none yet.</summary>
    private static int CloseOf(string block)
    {
        bool quoted = false;
        for (int index = 0; index < block.Length; index++)
        {
            switch (block[index])
            {
                case '\\' when quoted:
                    index++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '<' when !quoted && FirstClose(block, index) == index:
                    return index;
            }
        }

        return -1;
    }

    private static int FirstClose(string block, int from) => block.IndexOf(ToolPrompt.Close, from, StringComparison.OrdinalIgnoreCase);

    /// <summary>How many characters at the end may belong to a block that is about to begin.</summary>
    private static int Suspicious(string text)
    {
        int mark = Math.Min(ToolPrompt.Open.Length - 1, text.Length);
        while (mark > 0 && !ToolPrompt.Open.StartsWith(text[^mark..], StringComparison.OrdinalIgnoreCase))
            mark--;
        int space = text.Length - mark;
        while (space > 0 && char.IsWhiteSpace(text[space - 1]))
            space--;
        return text.Length - space;
    }
}
