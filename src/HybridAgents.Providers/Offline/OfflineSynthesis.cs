namespace HybridAgents.Providers.Offline;

/// <summary>Puts the answers of several agents together: where they agree, where they differ, and who gave none.</summary>
internal static class OfflineSynthesis
{
    private const string Heading = "## ";
    private const string Failure = "This branch ";

    /// <summary>The synthesis; the text as it is if it is not answers under headings.</summary>
    public static string Of(string results)
    {
        List<(string Name, string Answer)> answers =
        [
            .. ("\n" + results).Split("\n" + Heading).Skip(1).Select(static part => part.Split('\n', 2))
                .Where(static part => part.Length == 2).Select(static part => (part[0].Split(" (", 2)[0], part[1].Trim())),
        ];
        if (answers.Count == 0)
            return results;
        List<(string Name, string Answer)> given = [.. answers.Where(static answer => !answer.Answer.StartsWith(Failure, StringComparison.Ordinal))];
        List<string> lines = [];
        foreach (IGrouping<string, (string Name, string Answer)> same in given.GroupBy(static answer => answer.Answer, StringComparer.OrdinalIgnoreCase))
            lines.Add($"{List(same.Select(static answer => answer.Name))} {(same.Count() > 1 ? "agree" : "says")}: {same.Key}");
        if (lines.Count > 1)
            lines.Insert(0, "The answers differ.");
        if (answers.Count > given.Count)
            lines.Add($"No answer from {List(answers.Except(given).Select(static answer => answer.Name))}.");
        return string.Join('\n', lines);
    }

    private static string List(IEnumerable<string> names) => string.Join(" and ", names);
}
