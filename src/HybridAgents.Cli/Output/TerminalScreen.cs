using System.Text;
using Spectre.Console;

namespace HybridAgents.Cli.Output;

/// <summary>A terminal: lines above, and below them the message that is being written, drawn anew as it grows.</summary>
/// <param name="console">The terminal.</param>
/// <param name="streaming">Whether text is shown as it comes.</param>
internal sealed class TerminalScreen(IAnsiConsole console, bool streaming) : IScreen
{
    private readonly StringBuilder _message = new();
    private LiveDisplayContext? _live;

    public Task ShowAsync(Func<Task> work) => console.Live(Text.Empty).AutoClear(true).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).StartAsync(async live =>
    {
        _live = live;
        try
        {
            await work();
        }
        finally
        {
            _live = null;
        }
    });

    public void Line(Tone tone, string text) => console.Write(new Text($"{SafeText.ForTerminal(text)}\n", StyleOf(tone)));

    public void Delta(string text)
    {
        _message.Append(SafeText.ForTerminal(text));
        Draw();
    }

    public void Discard(string reason)
    {
        _message.Clear();
        Draw();
        Line(Tone.Warning, $"The text so far is void ({SafeText.Line(reason)}); it is written anew.");
    }

    public void End(bool isAnswer)
    {
        string text = _message.ToString();
        _message.Clear();
        Draw();
        if (!isAnswer && text.Length > 0)
            Line(Tone.Normal, text);
    }

    // Not through the renderer: it would break long lines, and what is copied from the terminal would hold those breaks.
    public void Answer(string text) => console.Profile.Out.Writer.WriteLine(SafeText.ForTerminal(text));

    /// <summary>Draws the tail that fits the terminal: the cost of a token must not grow with the text before it.</summary>
    private void Draw()
    {
        if (!streaming || _live is null)
            return;
        int fits = console.Profile.Width * console.Profile.Height;
        _live.UpdateTarget(new Text(_message.ToString(Math.Max(0, _message.Length - fits), Math.Min(_message.Length, fits))));
    }

    private static Style StyleOf(Tone tone) => tone switch
    {
        Tone.Quiet => new(decoration: Decoration.Dim),
        Tone.Good => new(Color.Green),
        Tone.Warning => new(Color.Yellow),
        Tone.Bad => new(Color.Red),
        _ => Style.Plain,
    };
}
