using System.Text.Json;
using System.Xml.Linq;

namespace HybridAgents.Repository.Tests;

public sealed class LayeringTests
{
    /// <summary>What each part of the product may know. Hosts are leaves; the command line carries the local host.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["HybridAgents.Durable"] = [],
        ["HybridAgents.Durable.Analyzers"] = [],
        ["HybridAgents.Core"] = [],
        ["HybridAgents.Providers"] = ["HybridAgents.Core"],
        ["HybridAgents.Orchestrations"] = ["HybridAgents.Core", "HybridAgents.Durable", "HybridAgents.Durable.Analyzers", "HybridAgents.Providers"],
        ["HybridAgents.Api"] = ["HybridAgents.Orchestrations"],
        ["HybridAgents.Sandbox"] = [],
        ["HybridAgents.Local"] = ["HybridAgents.Api", "HybridAgents.Sandbox"],
        ["HybridAgents.Functions"] = ["HybridAgents.Api", "HybridAgents.Sandbox"],
        ["HybridAgents.Cli"] = ["HybridAgents.Local"],
    };

    public static TheoryData<string> Products =>
        [.. Repository.Files("*.csproj", "src").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Products))]
    public void ProjectReferences_OfAProduct_PointOneWay(string project)
    {
        XDocument file = XDocument.Load(Repository.PathOf("src", project, project + ".csproj"));
        string[] references = [.. file.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))];

        Allowed.ShouldContainKey(project);
        references.Except(Allowed[project]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("HybridAgents.Durable")]
    [InlineData("HybridAgents.Core")]
    public void PackageReferences_OfInnerLayers_AreAbstractionsOnly(string project)
    {
        XDocument file = XDocument.Load(Repository.PathOf("src", project, project + ".csproj"));
        string[] packages = [.. file.Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value)];

        packages.ShouldAllBe(package => package.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));
        file.Descendants("FrameworkReference").ShouldBeEmpty();
    }

    [Fact]
    public void SolutionFilter_NamesEveryProjectThatNeedsNoAzurePackage()
    {
        using JsonDocument filter = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("HybridAgents.slnf")));
        string[] named = [.. filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray().Select(item => item.GetString()!)];
        string[] present =
        [
            .. Repository.Files("*.csproj", "src", "tests")
                .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
                .Where(file => !file.Contains("HybridAgents.Functions", StringComparison.Ordinal) && !file.Contains("RealHost", StringComparison.Ordinal)),
        ];

        named.Order(StringComparer.Ordinal).ShouldBe(present.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void PackageVersions_AreExact()
    {
        XDocument packages = XDocument.Load(Repository.PathOf("Directory.Packages.props"));

        packages.Descendants("PackageVersion").Select(package => package.Attribute("Version")!.Value).ShouldAllBe(version => !version.Contains('*') && !version.Contains('['));
        Repository.Files("*.csproj", "src", "tests").Where(file => File.ReadAllText(file).Contains("PackageReference", StringComparison.Ordinal))
            .SelectMany(file => XDocument.Load(file).Descendants("PackageReference"))
            .ShouldAllBe(reference => reference.Attribute("Version") == null);
    }
}
