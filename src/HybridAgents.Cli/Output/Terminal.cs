using System.Text;
using Spectre.Console;

namespace HybridAgents.Cli.Output;

/// <summary>The process's input and outputs.</summary>
/// <param name="Output">Where answers and documents go.</param>
/// <param name="Error">Where everything else goes.</param>
/// <param name="Input">What is piped in.</param>
/// <param name="Rich">The terminal; null when the output is none, or is one that cannot be drawn on.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, TextReader Input, IAnsiConsole? Rich)
{
    public static Terminal OfProcess()
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        bool rich = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        return new(Console.Out, Console.Error, Console.In, rich ? AnsiConsole.Console : null);
    }

    /// <summary>The screen for following a run.</summary>
    public IScreen Screen(bool streaming) => Rich is null ? new PlainScreen(Output, Error, streaming) : new TerminalScreen(Rich, streaming);

    /// <summary>Shows a line of the program itself beside the output.</summary>
    public void Note(string text) => Error.WriteLine(SafeText.ForTerminal(text));

    /// <summary>Leaves the terminal usable when the process ends in the middle.</summary>
    public void Restore() => Rich?.Cursor.Show();
}
