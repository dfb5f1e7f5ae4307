using System.Text.Json;
using HybridAgents.Cli.Output;

namespace HybridAgents.Cli.Tests.Output;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain, ümlaut, 日本, 🙂\n\ttab", "plain, ümlaut, 日本, 🙂\n\ttab")]
    [InlineData("a\r\nb\rc", "a\nb␍c")]
    [InlineData("\e[31m\0\a\u007f", "␛[31m␀␇␡")]
    [InlineData("\u0085\u009b\u2066x\u2069", "\\u0085\\u009b\\u2066x\\u2069")]
    public void ForTerminal_Text_KeepsLettersAndShowsControls(string text, string expected) => SafeText.ForTerminal(text).ShouldBe(expected);

    [Fact]
    public void Line_LongTextOfSeveralLines_IsOneShortLine() => SafeText.Line("  ab\ncd\tef  ", 5).ShouldBe("ab cd…");

    [Fact]
    public void WriteLine_AnyText_KeepsTheValueAndHoldsNoControls()
    {
        string text = string.Concat(Enumerable.Range(1, 0x2100).Select(static code => (char)code));

        using StringWriter output = new() { NewLine = "" };
        JsonOutput.WriteLine(output, JsonSerializer.SerializeToElement(text));
        string json = output.ToString();

        json.Where(char.IsControl).ShouldBeEmpty();
        JsonSerializer.Deserialize<string>(json).ShouldBe(text);
    }
}
