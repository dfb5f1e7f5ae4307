using System.Text.RegularExpressions;

namespace HybridAgents.Repository.Tests;

public sealed partial class DocumentTests
{
    [Fact]
    public void Decisions_HaveUniqueNumbersAndAStatus()
    {
        string[] files = [.. Directory.EnumerateFiles(Repository.PathOf("docs", "decisions"), "*.md")];

        files.ShouldNotBeEmpty();
        files.Select(file => Path.GetFileName(file)).ShouldAllBe(name => DecisionName().IsMatch(name));
        files.Select(file => Path.GetFileName(file)[..4]).ShouldBeUnique();
        foreach (string file in files)
        {
            string text = File.ReadAllText(file);
            text.ShouldStartWith($"# {Path.GetFileName(file)[..4]}: ", customMessage: file);
            text.ShouldContain("Status: ", customMessage: file);
            text.ShouldContain("## Decision", customMessage: file);
        }
    }

    [Fact]
    public void Events_AreAllInTheReference()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "reference", "run-events.md"));
        string[] types = [.. EventType().Matches(File.ReadAllText(Repository.PathOf("src", "HybridAgents.Core", "Runs", "RunEvent.cs"))).Select(found => found.Groups[1].Value)];

        types.Length.ShouldBeGreaterThan(20);
        types.Where(type => !page.Contains($"`{type}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Links_BetweenDocuments_Resolve()
    {
        List<string> broken = [];
        foreach (string file in Repository.Files("*.md"))
        {
            foreach (Match link in RelativeLink().Matches(File.ReadAllText(file)))
            {
                string target = link.Groups[1].Value;
                string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, target));
                if (!File.Exists(path) && !Directory.Exists(path))
                    broken.Add($"{Path.GetRelativePath(Repository.Root, file)}: {target}");
            }
        }

        broken.ShouldBeEmpty();
    }

    [GeneratedRegex("public const string \\w+ = \"([a-z_.]+)\";")]
    private static partial Regex EventType();

    [GeneratedRegex(@"^\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex DecisionName();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#\s]+)")]
    private static partial Regex RelativeLink();
}
