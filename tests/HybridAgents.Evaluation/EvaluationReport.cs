using System.Globalization;
using System.Text;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Evaluation;

/// <summary>The report, as Markdown.</summary>
internal static class EvaluationReport
{
    private const int MostCharacters = 100;

    public static string Write()
    {
        Verdicts development = Verdicts.Of(LabelledPrompt.Development), heldOut = Verdicts.Of(LabelledPrompt.HeldOut);
        Verdict[] all = [.. development.All, .. heldOut.All];
        DecisionCost cost = DecisionCost.Measure([.. all.Select(static verdict => verdict.Prompt)]);
        StringBuilder text = new();
        Line($"# Routing, evaluated");
        Blank();
        Line($"How often complexity scorer and privacy scanner, with their defaults, agree with a person: {all.Length} prompts of our own in {Count(static prompt => prompt.Domain)} domains and {Count(static prompt => prompt.Language)} languages, labelled before any scorer had seen them. Rules are made from the development part; the held-out part is a check, though no blind one: the same hand wrote both and has seen the misses of both, so that other people's prompts will do worse. Written by `dotnet run -c Release --project tests/HybridAgents.Evaluation`.");
        Blank();
        Line($"| | development | held out |");
        Rule(3);
        Line($"| prompts | {development.All.Count} | {heldOut.All.Count} |");
        Line($"| complexity right, scorer v2 (default) | {development.ComplexityAccuracy:P1} | {heldOut.ComplexityAccuracy:P1} |");
        Line($"| complexity right, scorer v1 | {development.FirstAccuracy:P1} | {heldOut.FirstAccuracy:P1} |");
        Line($"| privacy right | {development.PrivacyAccuracy:P1} | {heldOut.PrivacyAccuracy:P1} |");
        Blank();
        Line($"A whole decision (scan, score, estimate, choose among six models) on the average of these prompts: {cost.Microseconds:N2} µs of processor time, {cost.Bytes:N0} bytes.");
        Blank();
        foreach ((string part, Verdicts verdicts) in (ReadOnlySpan<(string, Verdicts)>)[("Development", development), ("Held out", heldOut)])
        {
            Line($"## {part}");
            Blank();
            Line($"| labelled | found simple | found complex |");
            Rule(3);
            foreach (bool complex in (bool[])[false, true])
                Line($"| {(complex ? "complex" : "simple")} | {verdicts.All.Count(verdict => verdict.Prompt.IsComplex == complex && !verdict.FoundComplex)} | {verdicts.All.Count(verdict => verdict.Prompt.IsComplex == complex && verdict.FoundComplex)} |");
            Blank();
            Line($"| labelled | found standard | found private |");
            Rule(3);
            foreach (PrivacyLabel label in (PrivacyLabel[])[PrivacyLabel.Standard, PrivacyLabel.Private])
                Line($"| {Word(label)} | {verdicts.All.Count(verdict => verdict.Prompt.Privacy == label && verdict.Label == PrivacyLabel.Standard)} | {verdicts.All.Count(verdict => verdict.Prompt.Privacy == label && verdict.Label == PrivacyLabel.Private)} |");
            Blank();
            Line($"| kind | prompts | complexity right | privacy right |");
            Rule(4);
            foreach (IGrouping<string, Verdict> kind in verdicts.All.GroupBy(static verdict => verdict.Prompt.Kind).OrderBy(static group => group.Key, StringComparer.Ordinal))
                Line($"| {kind.Key} | {kind.Count()} | {kind.Count(static verdict => verdict.SecondIsRight)} | {kind.Count(static verdict => verdict.LabelIsRight)} |");
            Blank();
        }

        Line($"## Misses of the development part");
        Blank();
        Misses("Complex, found simple", static verdict => verdict.Prompt.IsComplex && !verdict.FoundComplex);
        Misses("Simple, found complex", static verdict => !verdict.Prompt.IsComplex && verdict.FoundComplex);
        Misses("Private, found standard", static verdict => verdict.Prompt.Privacy == PrivacyLabel.Private && verdict.Label == PrivacyLabel.Standard);
        Misses("Standard, found private", static verdict => verdict.Prompt.Privacy == PrivacyLabel.Standard && verdict.Label == PrivacyLabel.Private);
        return text.ToString().TrimEnd() + "\n";

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

        void Rule(int columns) => text.Append('|').Insert(text.Length, "---|", columns).AppendLine();

        void Blank() => text.AppendLine();

        int Count(Func<LabelledPrompt, string> key) => all.Select(verdict => key(verdict.Prompt)).Distinct(StringComparer.Ordinal).Count();

        void Misses(string title, Func<Verdict, bool> missed)
        {
            Verdict[] misses = [.. development.All.Where(missed)];
            Line($"{title}: {misses.Length}, and {heldOut.All.Count(missed)} of the held-out part.");
            Blank();
            foreach (Verdict miss in misses)
                Line($"- {miss.Second:N2} {miss.Prompt.Domain}, {miss.Prompt.Language}: {Shortened(miss.Prompt.Text)}");
            if (misses.Length > 0)
                Blank();
        }
    }

    private static string Word(PrivacyLabel label) => label == PrivacyLabel.Standard ? "standard" : "private";

    private static string Shortened(string text)
    {
        string line = text.ReplaceLineEndings(" ").Replace('`', '\'');
        return line.Length <= MostCharacters ? line : line[..MostCharacters] + "…";
    }
}
