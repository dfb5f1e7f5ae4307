namespace HybridAgents.Durable.Tests;

public sealed class PublicApiTests
{
    private const string Accept = "HYBRID_ACCEPT_API";

    [Fact]
    public void PublicSurface_IsTheOneThatWasAccepted()
    {
        string path = Path.Combine(Root(), "api", "HybridAgents.Durable.txt");
        string now = PublicApi.Describe(typeof(OrchestrationContext).Assembly);
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            File.WriteAllText(path, now);
        string[] accepted = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] actual = now.TrimEnd('\n').Split('\n');

        string[] changes = [.. actual.Except(accepted).Select(line => $"+ {line}"), .. accepted.Except(actual).Select(line => $"- {line}")];
        changes.ShouldBeEmpty($"The public API has changed. If that is meant: {Accept}=1 dotnet test tests/HybridAgents.Durable.Tests --filter PublicApi");
        actual.ShouldBe(accepted);
    }

    internal static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HybridAgents.slnf")))
            folder = folder.Parent;
        return folder.ShouldNotBeNull("The tests run within the repository.").FullName;
    }
}
