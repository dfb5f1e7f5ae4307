using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

public sealed class ComplexityScorerV1Tests
{
    private const string AllTerms =
        "analyze synthesize evaluate compare contrast explain technical detailed comprehensive algorithm implementation architecture design optimize complex";

    private readonly ComplexityScorerV1 _scorer = new();

    public static TheoryData<string, double> Golden => new()
    {
        { "", 0 },
        { "Hello", 0.0135 },
        { "What time is it?", 0.0528 },
        { "What is my password?", 0.0540 },
        { "What's the weather like today?", 0.0690 },
        { "Explain quantum computing.", 0.0838 },
        { "Tell me about the history of Rome", 0.0939 },
        { "Write a short story about a robot discovering emotions.", 0.1245 },
        { "Solve this equation: 3x² + 2x - 5 = 0", 0.1311 },
        { "Can you help me write a Python function to calculate Fibonacci numbers?", 0.1653 },
        { new string('a', 1000), 0.3120 },
        { string.Join(' ', Enumerable.Repeat("word", 30)), 0.3447 },
        { AllTerms + new string('x', 226 - AllTerms.Length), 0.0678 + 0.4 + 0.012 * 15 },
        { "Test message", 0.0276 },
        { "Simple test message", 0.0417 },
        { "What is 2+2?", 0.0396 },
        { "What is the capital of France?", 0.0810 },
        { "Complex technical question", 0.1238 },
        { Measured(characters: 108, words: 16), 0.2244 },
        { Measured(characters: 166, words: 19, "detailed"), 0.3178 },
        { Measured(characters: 198, words: 25, "detailed", "compare"), 0.4394 },
        { "analyze compare " + string.Concat(Enumerable.Repeat("abc ", 246)), 0.6800 },
    };

    // For recorded values whose texts are known by their measures only: one sentence of that length, with that many words and those terms.
    private static string Measured(int characters, int words, params string[] terms)
    {
        string text = string.Join(' ', terms.Concat(Enumerable.Repeat("a", words - terms.Length)));
        return text + new string('a', characters - text.Length);
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Score_GoldenText_IsExactlyTheRecordedValue(string text, double expected) => _scorer.Score(text).ShouldBe(expected, 0.00005);

    [Fact]
    public void Score_CharacterOutsideTheBasicPlane_CountsOnce() => _scorer.Score("😀").ShouldBe(_scorer.Score("a"), 1e-12);

    [Fact]
    public void Score_PartOfAnotherWord_CountsAsTerm() => _scorer.Score("designer").ShouldBeGreaterThan(_scorer.Score("dezigner"));

    [Theory]
    [InlineData("one two. three four", "one two three four", "a full stop ends a sentence")]
    [InlineData("pi is 3.14 now", "pi is 3 14 now", "so does the one in a number")]
    public void Score_FullStop_EndsASentence(string stopped, string unstopped, string why) => _scorer.Score(stopped).ShouldBeLessThan(_scorer.Score(unstopped), why);

    [Theory]
    [InlineData("one two? three four")]
    [InlineData("one two! three four")]
    [InlineData("one two\n three four")]
    public void Score_OtherSigns_EndNoSentence(string text) => _scorer.Score(text).ShouldBe(_scorer.Score("one two, three four"), 1e-12);

    [Fact]
    public void Score_SeparatorOfPython_SplitsWords() => _scorer.Score("one\u001ctwo").ShouldBe(_scorer.Score("one two"), 1e-12);

    [Fact]
    public void Score_WithoutTerms_NeverReachesTheThreshold() =>
        _scorer.Score(string.Concat(Enumerable.Repeat("word ", 1000))).ShouldBeLessThanOrEqualTo(0.6 + 1e-12);
}
