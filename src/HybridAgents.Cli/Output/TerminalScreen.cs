using System.Text;
using Spectre.Console;

namespace HybridAgents.Cli.Output;

/// <summary>A terminal: lines above, and below them the message that is being written, drawn anew as it grows.</summary>
/// <param name="console">The terminal.</param>
/// <param name="streaming">Whether text is shown as it comes.</param>
internal sealed class TerminalScreen(IAnsiConsole console, bool streaming) : IScreen
{
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    private readonly LiveRegion _region = new(console);
    private readonly StringBuilder _message = new();
    private bool _live;

    public async Task ShowAsync(Func<Task> work)
    {
        console.Cursor.Hide();
        _live = true;
        Draw();
        try
        {
            await work();
        }
        finally
        {
            _live = false;
            _region.Erase();
            console.Cursor.Show();
        }
    }

    public void Line(Tone tone, string text)
    {
        _region.Erase();
        console.Write(new Text($"{SafeText.ForTerminal(text)}\n", StyleOf(tone)));
        Draw();
    }

    public void Delta(string text)
    {
        if (!streaming)
            return;
        _message.Append(SafeText.ForTerminal(text));
        Draw();
    }

    public void Discard(string reason)
    {
        _message.Clear();
        Line(Tone.Warning, $"The text so far is void ({SafeText.Line(reason)}); it is written anew.");
    }

    public void End(bool isAnswer)
    {
        string text = _message.ToString();
        _message.Clear();
        if (isAnswer || text.Length == 0)
            Draw();
        else
            Line(Tone.Normal, text);
    }

    // Not through the renderer: it would break long lines, and what is copied from the terminal would hold those breaks.
    public void Answer(string text) => console.Profile.Out.Writer.WriteLine(SafeText.ForTerminal(text));

    /// <summary>Draws the tail that fits the terminal: the cost of a token must not grow with the text before it.</summary>
    private void Draw()
    {
        if (!_live)
            return;
        int fits = Math.Min(_message.Length, console.Profile.Width * console.Profile.Height);
        Text hint = new("Ctrl+C cancels the run", Dim);
        _region.Draw(fits == 0 ? hint : new Rows(new Text(_message.ToString(_message.Length - fits, fits)), hint));
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Quiet => Dim,
        Tone.Warning => new(Color.Yellow),
        Tone.Bad => new(Color.Red),
        _ => Style.Plain,
    };
}
