using HybridAgents.Providers.Ollama.Emulation;

namespace HybridAgents.Providers.Tests.Ollama;

public sealed class ToolMarkupTests
{
    [Theory]
    [InlineData("plain text", "plain text", new string[0])]
    [InlineData("a <b> c < d", "a <b> c < d", new string[0])]
    [InlineData("before\n\n<tool>{}</tool>", "before", new[] { "{}" })]
    [InlineData("<tool>1</tool> <tool>2</tool> after", " after", new[] { "1", "2" })]
    [InlineData("<tool>{\"x\":\"</tool>\"}</tool>", "", new[] { "{\"x\":\"</tool>\"}" })]
    [InlineData("text <tool>{\"open\": 1", "text", new[] { "{\"open\": 1" })]
    [InlineData("<TOOL>{\"broken: 1}</Tool> rest", " rest", new[] { "{\"broken: 1}" })]
    public void Push_CutAnywhere_GivesTheSameTextAndBlocks(string answer, string text, string[] blocks)
    {
        for (int size = 1; size <= answer.Length; size++)
        {
            ToolMarkupFilter filter = new();
            string shown = string.Concat(answer.Chunk(size).Select(chunk => filter.Push(new(chunk)))) + filter.Finish();

            shown.ShouldBe(text, $"in pieces of {size}");
            filter.Blocks.ShouldBe(blocks, $"in pieces of {size}");
        }
    }

    [Fact]
    public void Push_OrdinaryText_IsNotDelayed() => new ToolMarkupFilter().Push("Hello there").ShouldBe("Hello there");

    [Theory]
    [InlineData("""{"name":"a","parameters":{"x":1}}""", "a", """{"x":1}""")]
    [InlineData("""{"name":"a","arguments":{"x":1}}""", "a", """{"x":1}""")]
    [InlineData("""{"tool":"a","args":{"x":1,},}""", "a", """{"x":1}""")]
    [InlineData("""{"function":{"name":"a","arguments":"{\"x\":1}"}}""", "a", """{"x":1}""")]
    [InlineData("```json\n{\"name\":\"a\",\"parameters\":{\"x\":1}}\n```", "a", """{"x":1}""")]
    [InlineData("""{"name":"a"}""", "a", "{}")]
    [InlineData("""{"name":"a","parameters":{"x":1}""", "a", """{"x":1}""")]
    [InlineData("""{"name":"a","parameters":{"x":"}"}""", "a", """{"x":"}"}""")]
    [InlineData("{\"name\":\"a\",\n\"parameters\":{\n\"x\":\"open", "a", "{\n\"x\":\"open")]
    [InlineData("\"just text\"", "unknown_tool", "\"just text\"")]
    [InlineData("{\"parameters\":{}}", "unknown_tool", "{\"parameters\":{}}")]
    public void Parse_WhatModelsWrite_IsUnderstood(string block, string name, string arguments) =>
        ToolBlockParser.Parse(block).ShouldHaveSingleItem().ShouldBe((name, arguments));

    [Fact]
    public void Parse_Array_GivesEveryCall() =>
        ToolBlockParser.Parse("""[{"name":"a"},{"name":"b","parameters":{"x":1}}]""").ShouldBe([("a", "{}"), ("b", """{"x":1}""")]);
}
