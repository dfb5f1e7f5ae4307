using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Models;

public sealed class TokenEstimatorTests
{
    // Least: about one token a word, sign or ideograph. Most: about twice that, since too high is the safer side.
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("Hello", 1, 1)]
    [InlineData("The quick brown fox jumps over the lazy dog.", 10, 15)]
    [InlineData("Explain quantum computing.", 4, 8)]
    [InlineData("你好,世界", 3, 8)]
    [InlineData("public int Add(int a, int b) => a + b;", 14, 21)]
    [InlineData("{\"name\": \"value\", \"count\": 42}", 11, 24)]
    [InlineData("Привет, мир", 4, 9)]
    [InlineData("😀😀", 2, 8)]
    public void Estimate_Text_IsNearOneTokenAWordOrSign(string text, int least, int most) => TokenEstimator.Estimate(text).ShouldBeInRange(least, most);

    [Fact]
    public void Estimate_ChineseText_IsNotBelowHalfItsCharacters() => TokenEstimator.Estimate(string.Concat(Enumerable.Repeat("数据库", 100))).ShouldBeGreaterThanOrEqualTo(150);

    [Fact]
    public void Estimate_Indentation_IsCheapButNotFree()
    {
        TokenEstimator.Estimate("a" + new string(' ', 80) + "b").ShouldBeInRange(4, 20);
        TokenEstimator.Estimate("a\n\n\nb").ShouldBe(5);
    }

    // The rule, a run of characters at a time; the estimator goes over blocks of 64.
    [Fact]
    public void Estimate_AnyText_IsTheSumOverItsRuns()
    {
        Random random = new(17);
        string[] pieces = ["a", "Zz", "7", " ", "\t", "\n", "\0", ".", "é", "ж", "\u10ff", "\u1100", "字", "😀", "²", "—", "\uffff"];
        for (int round = 0; round < 3000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => string.Concat(Enumerable.Repeat(pieces[random.Next(pieces.Length)], 1 + random.Next(random.Next(8) == 0 ? 150 : 6)))));
            TokenEstimator.Estimate(text).ShouldBe(OverRuns(text), text);
        }
    }

    private static int OverRuns(string text)
    {
        int tokens = 0;
        for (int start = 0, end; start < text.Length; start = end)
        {
            for (end = start + 1; end < text.Length && Kind(text[end]) == Kind(text[start]);)
                end++;
            tokens += Kind(text[start]) switch
            {
                "word" => (end - start + 4) / 5,
                "space" => (end - start + 6) / 8,
                "digit" or "foreign letter" => (end - start + 1) / 2,
                _ => end - start,
            };
        }

        return tokens;
    }

    private static string Kind(char value) => value switch
    {
        _ when char.IsAsciiLetter(value) => "word",
        _ when char.IsAsciiDigit(value) => "digit",
        ' ' or '\t' or '\r' => "space",
        >= '\x80' and < '\u1100' when char.IsLetterOrDigit(value) => "foreign letter",
        _ => "other",
    };

    [Fact]
    public void Estimate_LongerText_IsNeverLess()
    {
        Random random = new(3);
        string text = "";
        for (int round = 0; round < 500; round++)
        {
            string longer = text + (char)random.Next(32, 0x500);
            TokenEstimator.Estimate(longer).ShouldBeGreaterThanOrEqualTo(TokenEstimator.Estimate(text));
            text = longer;
        }
    }

    [Fact]
    public void Estimate_MessageWithCalls_CountsNamesAndArguments()
    {
        int plain = TokenEstimator.Estimate(Message.Assistant("ok"));
        plain.ShouldBeGreaterThan(TokenEstimator.Estimate("ok"));
        TokenEstimator.Estimate(Message.Assistant("ok", [new("1", "lookup", """{"q":"a"}""")])).ShouldBeGreaterThan(plain + 5);
    }

    [Fact]
    public void Estimate_Tool_CountsItsSchema() => TokenEstimator.Estimate(new ToolSpec("lookup", "Looks up", Parse("""{"type":"object","properties":{"q":{"type":"string"}}}""")))
        .ShouldBeGreaterThan(TokenEstimator.Estimate(new ToolSpec("lookup", "Looks up", Parse("{}"))) + 10);
}
