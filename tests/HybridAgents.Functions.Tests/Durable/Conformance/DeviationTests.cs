using System.Reflection;

namespace HybridAgents.Functions.Tests.Durable.Conformance;

public sealed class DeviationTests
{
    private static readonly HashSet<string> Cases =
        [.. typeof(ConformanceCases).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttribute<FactAttribute>() is not null).Select(method => method.Name)];

    [Fact]
    public void Suite_EveryClassOfCases_RunsHotAndCold()
    {
        Type[] here = typeof(DeviationTests).Assembly.GetTypes();

        foreach (Type cases in typeof(ConformanceCases).Assembly.GetTypes().Where(type => type.BaseType == typeof(ConformanceCases)))
            here.Count(type => type.BaseType == cases).ShouldBe(2, cases.Name);
    }

    [Fact]
    public async Task Deviations_All_AreCasesAndExplained()
    {
        string page = await File.ReadAllTextAsync(Checkout.PathOf("docs", "concepts", "hosting.md"));

        foreach (string name in AdapterMode.Deviations)
        {
            Cases.ShouldContain(name);
            page.ShouldContain($"`{name}`");
        }
    }
}
