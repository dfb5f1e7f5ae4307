namespace HybridAgents.Sandbox;

/// <summary>What a script has printed, and its result; bounded. Safe for concurrent use.</summary>
/// <param name="maxCharacters">The most characters that are kept.</param>
internal sealed class Transcript(int maxCharacters)
{
    private readonly Lock _gate = new();
    private readonly List<string> _printed = [];
    private int _left = maxCharacters;
    private string? _result;
    private bool _cut;

    /// <summary>Keeps a printed line, as far as there is room.</summary>
    public void Print(string line)
    {
        lock (_gate)
        {
            if (_left > 0)
                _printed.Add(Bounded(line));
            else
                _cut = true;
            _left--;
        }
    }

    /// <summary>Keeps the result.</summary>
    public void Return(string? result)
    {
        lock (_gate)
            _result = result is null ? null : Bounded(result);
    }

    /// <summary>All that there is now.</summary>
    public CodeAnswer Close(string? error)
    {
        lock (_gate)
            return new([.. _printed], error is null ? _result : null, error, _cut);
    }

    private string Bounded(string text)
    {
        int length = Math.Clamp(_left, 0, text.Length);
        _left -= length;
        _cut |= length < text.Length;
        return text[..length];
    }
}
