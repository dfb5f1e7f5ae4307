using System.Text.Json;
using HybridAgents.Core.Workflows.Expressions;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Workflows;

public sealed class ExpressionTests
{
    private static readonly Scope Known = new(Parse("""
        {"input":{"topic":"tea","count":2,"tags":["a","b"],"on":true,"deep":{"list":[{"x":1}]}},"loop":{"iteration":2},
         "steps":{"draft":{"output":{"text":"Good: 12","data":null}}}}
        """));

    [Theory]
    [InlineData("input.topic", "\"tea\"")]
    [InlineData("input.deep.list[0].x", "1")]
    [InlineData("input['topic']", "\"tea\"")]
    [InlineData("input.missing.more[3]", "null")]
    [InlineData("steps.draft.output.text", "\"Good: 12\"")]
    [InlineData("steps.other.output.text", "null")]
    [InlineData("loop.iteration >= input.count || contains('x', 'y')", "true")]
    [InlineData("loop.iteration > input.count", "false")]
    [InlineData("input.count == 2.0 && input.on", "true")]
    [InlineData("!(input.on && false) && !false", "true")]
    [InlineData("'b' >= 'a'", "true")]
    [InlineData("'b' > 1", "false")]
    [InlineData("null == input.nothing", "true")]
    [InlineData("true || false && false", "true")]
    [InlineData("contains(input.tags, 'b')", "true")]
    [InlineData("contains(steps.draft.output.text, 'Good')", "true")]
    [InlineData("starts_with(input.topic, \"te\")", "true")]
    [InlineData("length(input.tags)", "2")]
    [InlineData("length(input.nothing)", "0")]
    [InlineData("lower('AbC')", "\"abc\"")]
    [InlineData("trim('  a ')", "\"a\"")]
    [InlineData("number('12.5')", "12.5")]
    [InlineData("number('x')", "null")]
    [InlineData("number(' -3e2 ')", "-300")]
    [InlineData("join(input.tags, ', ')", "\"a, b\"")]
    [InlineData("join(input.deep.list, '')", "\"{\\\"x\\\":1}\"")]
    [InlineData("default(input.nothing, 'z')", "\"z\"")]
    [InlineData("'it\\'s\\n'", "\"it's\\n\"")]
    public void Evaluate_OfAnExpression_IsTheValue(string text, string expected) =>
        Values.AreEqual(Expression.Parse(text).Evaluate(Known), Parse(expected)).ShouldBeTrue(Expression.Parse(text).Evaluate(Known).GetRawText());

    [Theory]
    [InlineData("", "a value is missing")]
    [InlineData("input.", "a name is missing")]
    [InlineData("input..a", "a name is missing")]
    [InlineData("a b", "'b' is not expected")]
    [InlineData("(a", "')' is missing")]
    [InlineData("'a", "no closing '")]
    [InlineData("1.2.3", "is no number")]
    [InlineData("eval('x')", "there is no function 'eval'")]
    [InlineData("length()", "length takes 1 arguments, not 0")]
    [InlineData("a = b", "'=' is not expected")]
    [InlineData("a[b]", "an index or a quoted name is missing")]
    [InlineData("1 < 2 < 3", "'<' is not expected")]
    public void Parse_OfWhatIsNone_SaysWhereAndWhy(string text, string message) =>
        Should.Throw<ExpressionException>(() => Expression.Parse(text)).Message.ShouldContain(message);

    [Fact]
    public void Parse_OfABomb_IsRefused()
    {
        Should.Throw<ExpressionException>(() => Expression.Parse(new string('(', 900))).Message.ShouldContain("nested deeper");
        Should.Throw<ExpressionException>(() => Expression.Parse(new string('!', 900) + "true")).Message.ShouldContain("nested deeper");
        Should.Throw<ExpressionException>(() => Expression.Parse(new string('a', 1001))).Message.ShouldContain("at most 1000");
    }

    [Theory]
    [InlineData("About {{input.topic}} and {{ input.count }}.", "\"About tea and 2.\"")]
    [InlineData("{{input.tags}}", "[\"a\",\"b\"]")]
    [InlineData("{{input.tags}}!", "\"[\\\"a\\\",\\\"b\\\"]!\"")]
    [InlineData("{{input.nothing}}", "null")]
    [InlineData("x{{input.nothing}}y", "\"xy\"")]
    [InlineData("{{default(input.nothing, '}}')}}", "\"}}\"")]
    [InlineData("no template { }", "\"no template { }\"")]
    [InlineData("", "\"\"")]
    public void Evaluate_OfATemplate_KeepsTheTypeOfASingleExpression(string text, string expected) =>
        Template.Parse(text).Evaluate(Known).GetRawText().ShouldBe(Values.Of(Parse(expected)).GetRawText());

    [Fact]
    public void Expand_OfAValue_EvaluatesEveryTextAndNothingTwice()
    {
        Scope hostile = new(Parse("""{"input":{"topic":"{{input.secret}}","secret":"s"}}"""));

        JsonElement expanded = Template.Expand(Parse("""{"a":["{{input.topic}}",1,null],"b":{"c":"x {{input.topic}}"}}"""), hostile);

        expanded.GetRawText().ShouldBe("""{"a":["{{input.secret}}",1,null],"b":{"c":"x {{input.secret}}"}}""");
    }

    [Fact]
    public void Parse_OfATemplateThatDoesNotEnd_IsRefused() => Should.Throw<ExpressionException>(() => Template.Parse("a {{input.x")).Message.ShouldContain("does not end");

    private sealed class Scope(JsonElement values) : IExpressionScope
    {
        public JsonElement Get(string name) => values.TryGetProperty(name, out JsonElement value) ? value : Values.Null;

        public JsonElement Step(string id) => values.TryGetProperty("steps", out JsonElement steps) && steps.TryGetProperty(id, out JsonElement step) ? step : Values.Null;
    }
}
