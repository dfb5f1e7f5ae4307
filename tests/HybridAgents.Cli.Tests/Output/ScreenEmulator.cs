using System.Text;
using System.Text.RegularExpressions;

namespace HybridAgents.Cli.Tests.Output;

/// <summary>What a terminal shows after a stream of text and control sequences: as much of one as the program uses, with 0 lines up taken for 1, as terminals do.</summary>
internal static partial class ScreenEmulator
{
    public static string Show(string stream)
    {
        List<StringBuilder> rows = [new()];
        (int row, int column) = (0, 0);
        for (int index = 0; index < stream.Length; index++)
        {
            if (Sequence().Match(stream, index) is { Success: true } match)
            {
                if (match.Groups["kind"].Value == "A")
                    row -= Math.Max(1, int.Parse(match.Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture));
                else if (match.Groups["kind"].Value == "K")
                    rows[row].Clear();
                index += match.Length - 1;
            }
            else if (stream[index] == '\r')
            {
                column = 0;
            }
            else if (stream[index] == '\n')
            {
                (row, column) = (row + 1, 0);
                if (row == rows.Count)
                    rows.Add(new());
            }
            else
            {
                StringBuilder line = rows[row].Append(' ', Math.Max(0, column + 1 - rows[row].Length));
                line[column++] = stream[index];
            }
        }

        return string.Join('\n', rows.Select(static line => line.ToString().TrimEnd())).TrimEnd();
    }

    [GeneratedRegex(@"\G\e\[(?<count>[?\d;]*)(?<kind>[A-Za-z])")]
    private static partial Regex Sequence();
}
