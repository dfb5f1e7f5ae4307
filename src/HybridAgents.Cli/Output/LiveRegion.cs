using Spectre.Console;
using Spectre.Console.Rendering;

namespace HybridAgents.Cli.Output;

/// <summary>The lines at a terminal's bottom that are drawn anew as they change.</summary>
/// <remarks>Not the library's live display: that leaves rests of old lines behind lines that are written above it.</remarks>
internal sealed class LiveRegion(IAnsiConsole console)
{
    private const string EraseLine = "\r\e[2K";
    private const string Up = "\e[1A";

    private int _height;

    /// <summary>Draws <paramref name="part"/> in place of what was drawn before; of what is too high, the end.</summary>
    public void Draw(IRenderable part)
    {
        Erase();
        List<SegmentLine> lines = Segment.SplitLines(part.Render(RenderOptions.Create(console), console.Profile.Width));
        List<SegmentLine> shown = [.. lines.TakeLast(Math.Max(1, console.Profile.Height - 1))];
        console.Write(new Drawn(shown));
        _height = shown.Count;
    }

    /// <summary>Takes the lines away; what is written next takes their place.</summary>
    public void Erase()
    {
        if (_height > 0)
            console.Write(new ControlCode(EraseLine + string.Concat(Enumerable.Repeat(Up + EraseLine, _height - 1))));
        _height = 0;
    }

    private sealed class Drawn(List<SegmentLine> lines) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(maxWidth, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            lines.SelectMany<SegmentLine, Segment>(static (line, index) => index == 0 ? line : [Segment.LineBreak, .. line]);
    }
}
