using Spectre.Console;

namespace HybridAgents.Cli.Output;

/// <summary>Rows in columns: a table on a terminal, aligned text elsewhere.</summary>
internal static class Columns
{
    private const string Gap = "  ";

    public static void Write(Terminal terminal, IReadOnlyList<string> titles, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        List<IReadOnlyList<string>> safe = [.. rows.Select(static row => (IReadOnlyList<string>)[.. row.Select(static cell => SafeText.Line(cell))])];
        if (terminal.Rich is { } console)
            WriteTable(console, titles, safe);
        else
            WriteText(terminal.Output, [titles, .. safe]);
    }

    private static void WriteTable(IAnsiConsole console, IReadOnlyList<string> titles, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        Table table = new() { Border = TableBorder.Simple };
        foreach (string title in titles)
            table.AddColumn(new TableColumn(new Text(title)));
        foreach (IReadOnlyList<string> row in rows)
            table.AddRow(row.Select(static cell => new Text(cell)));
        console.Write(table);
    }

    private static void WriteText(TextWriter output, List<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (IReadOnlyList<string> row in rows)
            output.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
