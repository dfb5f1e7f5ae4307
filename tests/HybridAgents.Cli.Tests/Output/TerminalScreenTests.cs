using HybridAgents.Cli.Output;
using Spectre.Console;

namespace HybridAgents.Cli.Tests.Output;

public sealed class TerminalScreenTests : IDisposable
{
    private readonly StringWriter _terminal = new() { NewLine = "\n" };

    public void Dispose() => _terminal.Dispose();

    private string Shown => ScreenEmulator.Show(_terminal.ToString());

    [Fact]
    public async Task Delta_WhileShown_AppearsBelowTheLines()
    {
        TerminalScreen screen = Create();

        await screen.ShowAsync(() =>
        {
            screen.Delta("Hel");
            screen.Line(Tone.Normal, "a line as long as the terminal is wide");
            screen.Delta("lo\nworld");
            Shown.ShouldBe("a line as long as\nthe terminal is wide\nHello\nworld\nCtrl+C cancels the\nrun");
            return Task.CompletedTask;
        });

        Shown.ShouldBe("a line as long as\nthe terminal is wide");
    }

    [Fact]
    public async Task Discard_PartialText_LeavesNothingOfIt()
    {
        TerminalScreen screen = Create();

        await screen.ShowAsync(() =>
        {
            screen.Delta("wrong\nwrong\nwrong");
            screen.Discard("cut");
            screen.Delta("right");
            screen.End(isAnswer: false);
            return Task.CompletedTask;
        });

        Shown.ShouldEndWith("right");
        Shown.ShouldNotContain("wrong");
    }

    [Fact]
    public async Task Answer_AfterTheStream_IsShownOnceAndUnbroken()
    {
        TerminalScreen screen = Create();
        const string answer = "an answer that is longer than the terminal is wide";

        await screen.ShowAsync(() =>
        {
            screen.Delta(answer);
            screen.End(isAnswer: true);
            return Task.CompletedTask;
        });
        screen.Answer(answer);

        Shown.ShouldBe(answer);
    }

    [Fact]
    public async Task Delta_MoreThanTheTerminalHolds_ShowsTheEnd()
    {
        TerminalScreen screen = Create();

        await screen.ShowAsync(() =>
        {
            for (int line = 1; line <= 100; line++)
                screen.Delta($"line {line}\n");
            Shown.ShouldEndWith("line 99\nline 100\n\nCtrl+C cancels the\nrun");
            return Task.CompletedTask;
        });

        Shown.ShouldBeEmpty();
    }

    [Fact]
    public void Line_MarkupAndControlCharacters_AreShownAsText()
    {
        Create().Line(Tone.Normal, "[red]x[/]\e[2J");

        _terminal.ToString().ShouldBe("[red]x[/]␛[2J\n");
    }

    private TerminalScreen Create()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(_terminal),
        });
        (console.Profile.Width, console.Profile.Height) = (20, 10);
        return new(console, streaming: true);
    }
}
