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

    private sealed class Bare(string name, string schema, int seconds) : ITool
    {
        public ToolDefinition Definition { get; } = new() { Name = name, Description = "Does nothing", Parameters = Parse(schema), Timeout = TimeSpan.FromSeconds(seconds) };

        public Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken) => Task.FromResult(new ToolOutput(""));
    }
}
