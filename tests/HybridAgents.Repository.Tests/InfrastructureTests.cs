using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace HybridAgents.Repository.Tests;

/// <summary>What can be checked of the way into Azure without Azure's tools.</summary>
public sealed partial class InfrastructureTests
{
    private static readonly BicepFile Main = BicepFile.Read("infra", "main.bicep");

    public static TheoryData<string> ParameterFiles => [.. Repository.Files("*.parameters.json", "infra").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> YamlFiles =>
        [.. Repository.Files("*.yaml", "infra").Concat(Repository.Files("*.yml", ".github")).Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Parameters_OfAFile_AreThoseOfTheTemplate(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("infra", file)));
        Dictionary<string, JsonElement> given = document.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetProperty("value"));

        given.Keys.ShouldBeSubsetOf(Main.Parameters.Keys);
        Main.Parameters.Where(item => item.Value is { IsOptional: false, IsSecret: false }).Select(item => item.Key).ShouldBeSubsetOf(given.Keys);
        foreach ((string name, JsonElement value) in given)
        {
            BicepParameter parameter = Main.Parameters[name];
            TypeOf(value).ShouldBe(parameter.Type, name);
            if (parameter.IsSecret)
                value.GetString()!.ShouldMatch(@"^\$\{[A-Z_]+\}$", "A secret comes from the environment.");
            if (parameter.Allowed.Count > 0)
                parameter.Allowed.ShouldContain(value.GetRawText());
        }
    }

    [Fact]
    public void Modules_All_GetTheParametersThatTheyDeclare()
    {
        Main.Modules.ShouldNotBeEmpty();
        foreach ((string path, HashSet<string> given) in Main.Modules.Values)
        {
            IReadOnlyDictionary<string, BicepParameter> declared = BicepFile.Read("infra", path).Parameters;
            given.ShouldBeSubsetOf(declared.Keys, path);
            declared.Where(item => !item.Value.IsOptional).Select(item => item.Key).ShouldBeSubsetOf(given, path);
        }
    }

    [Fact]
    public void Outputs_ThatAreUsed_AreDeclaredByTheirModule()
    {
        Main.UsedOutputs.ShouldNotBeEmpty();
        foreach ((string module, string output) in Main.UsedOutputs)
            BicepFile.Read("infra", Main.Modules[module].Path).Outputs.ShouldContain(output, module);
    }

    [Theory]
    [MemberData(nameof(YamlFiles))]
    public void Yaml_OfAFile_Parses(string file)
    {
        YamlStream yaml = new();
        yaml.Load(new StringReader(File.ReadAllText(Repository.PathOf(file))));

        yaml.Documents.ShouldHaveSingleItem().RootNode.ShouldBeOfType<YamlMappingNode>().Children.ShouldNotBeEmpty();
    }

    [Fact]
    public void Actions_OfWorkflows_ArePinnedToACommit()
    {
        string[] uses = [.. Repository.Files("*.yml", ".github").SelectMany(File.ReadLines).Where(line => line.Contains("uses:", StringComparison.Ordinal))];

        uses.ShouldNotBeEmpty();
        uses.ShouldAllBe(line => PinnedAction().IsMatch(line));
    }

    [Theory]
    [InlineData("host.json")]
    [InlineData("local.settings.example.json")]
    public void Settings_OfTheAzureHost_AreAllExplained(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("src", "HybridAgents.Functions", file)));
        string page = File.ReadAllText(Repository.PathOf("docs", "concepts", "hosting.md"));

        NamesOf(document.RootElement).Where(name => !page.Contains(name, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<string> NamesOf(JsonElement element) => element.EnumerateObject()
        .SelectMany(item => item.Value.ValueKind == JsonValueKind.Object ? NamesOf(item.Value) : [item.Name]);

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => "int",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };

    [GeneratedRegex("uses: [a-z/-]+@[0-9a-f]{40} # v[0-9.]+$")]
    private static partial Regex PinnedAction();
}
