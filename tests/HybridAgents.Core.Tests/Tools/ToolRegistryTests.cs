using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Builtin;
using HybridAgents.Core.Tools.Calculator;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Tools;

public sealed class ToolRegistryTests
{
    private static readonly ToolRegistry Registry = new([new CalculatorTool(), new GetTimeTool(TimeProvider.System)]);

    [Theory]
    [InlineData("calculator", "calculator")]
    [InlineData("calculate", "calculator")]
    [InlineData("calculator_tool", "calculator")]
    [InlineData("get_current_time", "get_time")]
    [InlineData("search_web", null)]
    [InlineData("Calculator", null)]
    [InlineData("", null)]
    public void Find_NameOrAlias_GivesTheTool(string name, string? found) => (Registry.Find(name)?.Definition.Name).ShouldBe(found);

    [Fact]
    public void Definitions_OfTwoTools_KeepTheirOrder() => Registry.Definitions.Select(definition => definition.Name).ShouldBe(["calculator", "get_time"]);

    [Fact]
    public void Constructor_SameNameTwice_Throws() =>
        Should.Throw<ArgumentException>(() => new ToolRegistry([new CalculatorTool(), new CalculatorTool()])).Message.ShouldContain("'calculator'");

    [Theory]
    [InlineData("a")]
    [InlineData("1ab")]
    [InlineData("Ab")]
    [InlineData("a-b")]
    [InlineData("ab\n")]
    [InlineData("a1234567890123456789012345678901234567890123456789012345678901234")]
    public void Constructor_BadName_Throws(string name) => Should.Throw<ArgumentException>(() => new ToolRegistry([new Bare(name, """{"type":"object"}""", 30)]));

    [Theory]
    [InlineData("""{"type":"string"}""", "type 'object'")]
    [InlineData("{}", "type 'object'")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"text"}}}""", "$.properties.a.type")]
    [InlineData("""{"type":"object","patternProperties":{}}""", "'patternProperties' is not supported")]
    public void Constructor_BadSchema_ThrowsNamingIt(string schema, string named) =>
        Should.Throw<ArgumentException>(() => new ToolRegistry([new Bare("tool", schema, 30)])).Message.ShouldContain(named);

    [Theory]
    [InlineData(0)]
    [InlineData(301)]
    public void Constructor_TimeoutOutOfRange_Throws(int seconds) =>
        Should.Throw<ArgumentException>(() => new ToolRegistry([new Bare("tool", """{"type":"object"}""", seconds)])).Message.ShouldContain("1 second to 5 minutes");

    [Theory]
    [InlineData(ToolEffect.Idempotent, 60, "only a pure tool")]
    [InlineData(ToolEffect.Pure, 90_000, "0 to 1 day")]
    [InlineData(ToolEffect.Pure, -1, "0 to 1 day")]
    public void Objection_CacheLifetimeThatMakesNoSense_SaysWhatIsAllowed(ToolEffect effect, int seconds, string allowed) =>
        ToolRegistry.Objection(Bare.Define("tool") with { Effect = effect, CacheLifetime = TimeSpan.FromSeconds(seconds) }).ShouldNotBeNull().ShouldContain(allowed);

    [Fact]
    public async Task GetAsync_SourceWithTools_GivesThemToTheirTenantOnly()
    {
        Source source = new() { ["a"] = [new Bare("mine", """{"type":"object"}""", 30)] };
        ToolRegistry registry = new([new CalculatorTool()], [source]);

        (await registry.GetAsync("a", default)).Definitions.Select(tool => tool.Name).ShouldBe(["calculator", "mine"]);
        (await registry.GetAsync("b", default)).Find("mine").ShouldBeNull();
        registry.Find("mine").ShouldBeNull();
        (await registry.GetAsync("a", default)).ShouldBeSameAs(await registry.GetAsync("a", default));
    }

    [Fact]
    public async Task GetAsync_SourceNamesAToolThatIsThere_KeepsTheFirst()
    {
        Source source = new() { ["a"] = [new Bare("calculator", """{"type":"object"}""", 30)] };
        ToolRegistry registry = new([new CalculatorTool()], [source]);

        (await registry.GetAsync("a", default)).Find("calculator").ShouldBeOfType<CalculatorTool>();
    }

    [Fact]
    public async Task GetAsync_SourceChanges_GivesTheNewTools()
    {
        Source source = new() { ["a"] = [new Bare("first", """{"type":"object"}""", 30)] };
        ToolRegistry registry = new([], [source]);
        await registry.GetAsync("a", default);
        source["a"] = [new Bare("second", """{"type":"object"}""", 30)];

        (await registry.GetAsync("a", default)).Definitions.Select(tool => tool.Name).ShouldBe(["second"]);
    }

    private sealed class Source : Dictionary<string, IReadOnlyList<ITool>>, IToolSource
    {
        public ValueTask<IReadOnlyList<ITool>> GetAsync(string tenant, CancellationToken cancellationToken) => new(this.GetValueOrDefault(tenant) ?? []);
    }

    private sealed class Bare(string name, string schema, int seconds) : ITool
    {
        public ToolDefinition Definition { get; } = Define(name) with { Parameters = Parse(schema), Timeout = TimeSpan.FromSeconds(seconds) };

        public static ToolDefinition Define(string name) => new() { Name = name, Description = "Does nothing", Parameters = Parse("""{"type":"object"}""") };

        public Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken) => Task.FromResult(new ToolOutput(""));
    }
}
