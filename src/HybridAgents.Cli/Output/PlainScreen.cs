namespace HybridAgents.Cli.Output;

/// <summary>Plain text: the answer on one writer, everything else on the other, so that a redirected output holds the answer and nothing else.</summary>
/// <param name="output">Gets the answer, whole and once.</param>
/// <param name="progress">Gets the rest.</param>
/// <param name="streaming">Whether text is shown as it comes.</param>
internal sealed class PlainScreen(TextWriter output, TextWriter progress, bool streaming) : IScreen
{
    private bool _midLine;

    public Task ShowAsync(Func<Task> work) => work();

    public void Line(Tone tone, string text)
    {
        BreakLine();
        progress.WriteLine(SafeText.ForTerminal(text));
    }

    public void Delta(string text)
    {
        if (!streaming || text.Length == 0)
            return;
        progress.Write(SafeText.ForTerminal(text));
        _midLine = !text.EndsWith('\n');
    }

    public void Discard(string reason) => Line(Tone.Warning, $"[discarded: the text above is void ({SafeText.Line(reason)}); it is written anew]");

    public void End(bool isAnswer) => BreakLine();

    public void Answer(string text)
    {
        BreakLine();
        output.WriteLine(SafeText.ForTerminal(text));
    }

    private void BreakLine()
    {
        if (_midLine)
            progress.WriteLine();
        _midLine = false;
    }
}
