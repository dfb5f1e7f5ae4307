using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Calculator;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Tools;

public sealed class CalculatorTests
{
    private readonly CalculatorTool _calculator = new();

    [Theory]
    [InlineData("17 * 23", "391")]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("10 - 4 - 3", "3")]
    [InlineData("2 ^ 3 ^ 2", "512")]
    [InlineData("2 ** 10", "1024")]
    [InlineData("-2 ^ 2", "-4")]
    [InlineData("(-2) ^ 2", "4")]
    [InlineData("2 ^ -1", "0.5")]
    [InlineData("--3", "3")]
    [InlineData("2 * -3", "-6")]
    [InlineData("7 % 3", "1")]
    [InlineData("-7 % 3", "2")]
    [InlineData("7 % -3", "-2")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("1.10 * 3", "3.3")]
    [InlineData("1 / 3", "0.333333333333333")]
    [InlineData("1 / 3 * 3", "1")]
    [InlineData("10 / 4", "2.5")]
    [InlineData("2 ^ 64", "18446744073709551616")]
    [InlineData("12345678901234567890 * 2", "24691357802469135780")]
    [InlineData("2 ^ 200", "1.60693804425899E+60")]
    [InlineData("(2 ^ 95 + (2 ^ 95 - 1)) / 3", "26409387504754779197847983445")]
    [InlineData("(2 ^ 95 + (2 ^ 95 - 1)) / 23", "3.44470271801149E+27")]
    [InlineData("1e3 + 2.5E-1", "1000.25")]
    [InlineData("2e", null)]
    [InlineData("0 ^ 0", "1")]
    [InlineData("sqrt(144)", "12")]
    [InlineData("sqrt(2)", "1.4142135623731")]
    [InlineData("round(2.5)", "3")]
    [InlineData("round(2.345, 2)", "2.35")]
    [InlineData("min(3, 1, 2) + max(3, 1, 2)", "4")]
    [InlineData("sum(1, 2, 3)", "6")]
    [InlineData("abs(-5) + floor(2.7) + ceil(2.1)", "10")]
    [InlineData("mod(10, 4)", "2")]
    [InlineData("POW(2, 5)", "32")]
    [InlineData("ln(e)", "1")]
    [InlineData("log(1000)", "3")]
    [InlineData("log(8, 2)", "3")]
    [InlineData("sin(pi / 2)", "1")]
    [InlineData("cos(radians(180))", "-1")]
    [InlineData("6 × 7 ÷ 2 − 1", "20")]
    [InlineData("  .5 + 5.  ", "5.5")]
    public async Task InvokeAsync_Expression_GivesItsValue(string expression, string? value)
    {
        ToolOutput output = await RunAsync(expression);
        if (value is null)
            output.IsError.ShouldBeTrue();
        else
            output.ShouldBe(new ToolOutput(value));
    }

    [Theory]
    [InlineData("1 / 0", "Division by zero")]
    [InlineData("1 % 0", "Division by zero")]
    [InlineData("0 ^ -1", "Division by zero")]
    [InlineData("sqrt(-1)", "not a real number")]
    [InlineData("(-8) ^ 0.5", "not a real number")]
    [InlineData("ln(0)", "above 0")]
    [InlineData("", "ends too early")]
    [InlineData("1 +", "ends too early")]
    [InlineData("(1", "Expected ')' at the end")]
    [InlineData("1)", "Unexpected ')' at position 2")]
    [InlineData("1 2", "Unexpected '2' at position 3")]
    [InlineData("1,000", "Unexpected ','")]
    [InlineData(".", "Unexpected")]
    [InlineData("2 pi", "Unexpected 'p'")]
    [InlineData("sqrt 4", "'sqrt' is not known")]
    [InlineData("sqrt(1, 2)", "takes 1 arguments, not 2")]
    [InlineData("min()", "takes 1 to 50 arguments, not 0")]
    [InlineData("round(1, 99)", "0 to 15")]
    [InlineData("__import__('os').system('id')", "Unexpected '_'")]
    [InlineData("System.Environment.Exit(1)", "'System' is not known")]
    [InlineData("eval(1)", "'eval' is not known")]
    [InlineData("x = 5", "'x' is not known")]
    [InlineData("1; 2", "Unexpected ';'")]
    [InlineData("9^9^9^9", "too large")]
    [InlineData("10^308 * 10", "too large")]
    [InlineData("9^999999999", "too large")]
    [InlineData("exp(1000)", "too large")]
    [InlineData("1e999", "too large")]
    public async Task InvokeAsync_NoValue_TellsWhy(string expression, string reason)
    {
        ToolOutput output = await RunAsync(expression);
        output.IsError.ShouldBeTrue();
        output.Content.ShouldContain(reason);
    }

    [Theory]
    [InlineData("(", "nested deeper")]
    [InlineData("abs(", "nested deeper")]
    [InlineData("2^", "nested deeper")]
    [InlineData("-", "ends too early")]
    [InlineData("9", "too large")]
    [InlineData("9*", "too large")]
    public async Task InvokeAsync_LongestHostileText_IsRefused(string piece, string reason)
    {
        string text = string.Concat(Enumerable.Repeat(piece, 1000 / piece.Length));
        (await RunAsync(text)).Content.ShouldContain(reason);
        (await RunAsync(text + piece)).Content.ShouldContain("allowed are 1000");
    }

    [Fact]
    public async Task InvokeAsync_TooDeep_IsRefused() => (await RunAsync(new string('(', 100) + "1" + new string(')', 100))).Content.ShouldContain("nested deeper");

    [Fact]
    public async Task InvokeAsync_RandomText_NeverThrows()
    {
        const string Signs = "0123456789.+-*/%^(), episqrtminE";
        Random random = new(11);
        for (int round = 0; round < 5000; round++)
            await RunAsync(string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Signs[random.Next(Signs.Length)])));
    }

    private Task<ToolOutput> RunAsync(string expression) =>
        _calculator.InvokeAsync(new(Parse($$"""{"expression":{{System.Text.Json.JsonSerializer.Serialize(expression)}}}"""), "key", "default"), CancellationToken.None);
}
