using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

public sealed class RequestProfileTests
{
    [Theory]
    [InlineData("Hello", UseCases.Conversational)]
    [InlineData("What is the capital of France?", UseCases.Conversational)]
    [InlineData("Help me write a Python function that calculates Fibonacci numbers", UseCases.CodeGeneration)]
    [InlineData("Write a short story about a robot discovering emotions", UseCases.CreativeWriting)]
    [InlineData("Solve this quadratic equation: 3x²+2x-5=0", UseCases.MathematicalReasoning)]
    [InlineData("Let us talk about my day", UseCases.Conversational)]
    [InlineData("Explain photosynthesis briefly", UseCases.KnowledgeIntensive)]
    [InlineData("SELECT is the first word of an SQL query, is it not?", UseCases.CodeGeneration)]
    [InlineData("A poem on autumn, please", UseCases.CreativeWriting)]
    public void Of_Text_FindsTheUseCase(string text, string expected) => RequestProfile.Of(text).UseCase.ShouldBe(expected);

    [Theory]
    [InlineData("I like classical music")]
    [InlineData("The history of Rome, in a sentence")]
    [InlineData("They resolved to leave early")]
    public void Of_SignInsideAnotherWord_DoesNotCount(string text) => RequestProfile.Of(text).UseCase.ShouldBe(UseCases.Conversational);

    [Fact]
    public void Of_LongTextWithoutSigns_IsKnowledgeIntensive() => RequestProfile.Of(Words(51)).UseCase.ShouldBe(UseCases.KnowledgeIntensive);

    [Theory]
    [InlineData(19, "", PerformanceTier.Low)]
    [InlineData(18, "complex", PerformanceTier.Medium)]
    [InlineData(20, "", PerformanceTier.Medium)]
    [InlineData(100, "", PerformanceTier.Medium)]
    [InlineData(101, "", PerformanceTier.High)]
    [InlineData(3, "detailed", PerformanceTier.High)]
    [InlineData(3, "comprehensive", PerformanceTier.High)]
    public void Of_WordsAndSigns_GiveTheTier(int words, string sign, PerformanceTier expected) => RequestProfile.Of($"{Words(words)} {sign}").Tier.ShouldBe(expected);

    [Theory]
    [InlineData("What time is it?", false)]
    [InlineData("Can you give a detailed analysis of the causes and compare them with those of today?", true)]
    [InlineData("What is a qubit? How does it differ from a bit? Who built one?", true)]
    [InlineData("An in-depth, nuanced answer", true)]
    [InlineData("Compare apples and pears, and compare them again", false)]
    [InlineData("Evaluate it step by step", true)]
    public void Of_Text_TellsWhetherItIsComplex(string text, bool expected) => RequestProfile.Of(text).Complex.ShouldBe(expected);

    /// <summary>The recorded outcomes; where the original took parts of words for signs ("story" in "history"), ours.</summary>
    [Theory]
    [InlineData("", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("Hello", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("Test message", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("Simple test message", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("What is 2+2?", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("What time is it?", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("What is my password?", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("What's the weather like today?", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("What is the capital of France?", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("Complex technical question", UseCases.Conversational, PerformanceTier.Medium, true)]
    [InlineData("Explain quantum computing.", UseCases.KnowledgeIntensive, PerformanceTier.Low, false)]
    [InlineData("Tell me about the history of Rome", UseCases.Conversational, PerformanceTier.Low, false)]
    [InlineData("Write a short story about a robot discovering emotions.", UseCases.CreativeWriting, PerformanceTier.Low, false)]
    [InlineData("Solve this equation: 3x² + 2x - 5 = 0", UseCases.MathematicalReasoning, PerformanceTier.Low, false)]
    [InlineData("Can you help me write a Python function to calculate Fibonacci numbers?", UseCases.CodeGeneration, PerformanceTier.Low, false)]
    public void Of_GoldenText_IsAsRecorded(string text, string useCase, PerformanceTier tier, bool complex) => RequestProfile.Of(text).ShouldBe(new(useCase, tier, complex));

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Of_QuestionMarks_TwoAreComplex(int marks, bool complex) => RequestProfile.Of($"{Words(3)}{new string('?', marks)}").Complex.ShouldBe(complex);

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public void Of_OneIndicatorAndWords_ComplexAboveFifty(int words, bool complex) => RequestProfile.Of($"{Words(words - 1)} technical").Complex.ShouldBe(complex);

    [Fact]
    public void Of_OneIndicatorInALongText_IsComplex() => RequestProfile.Of($"{Words(51)} technical").Complex.ShouldBeTrue();

    private static string Words(int count) => string.Join(' ', Enumerable.Repeat("word", count));
}
