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

    [Fact]
    public void Of_OneIndicatorInALongText_IsComplex() => RequestProfile.Of($"{Words(51)} technical").Complex.ShouldBeTrue();

    private static string Words(int count) => string.Join(' ', Enumerable.Repeat("word", count));
}
