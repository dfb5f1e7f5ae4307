using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

public sealed class ComplexityScorerV2Tests
{
    private const double Threshold = 0.65;

    private readonly ComplexityScorerV2 _scorer = new();

    [Theory]
    [InlineData("")]
    [InlineData("Hello")]
    [InlineData("What time is it?")]
    [InlineData("What is 17 * 23, and what day is it?")]
    [InlineData("Explain quantum computing.")]
    [InlineData("Tell me about the history of Rome")]
    [InlineData("What is the capital of France?")]
    [InlineData("Who won the design award?")]
    public void Score_SimpleRequest_IsBelowTheThreshold(string text) => _scorer.Score(text).ShouldBeLessThan(Threshold);

    [Theory]
    [InlineData("Compare and contrast the two architectures, evaluate their trade-offs in detail, and explain which one fits a payment system.")]
    [InlineData("Provide a detailed, comprehensive analysis of the implications of quantum mechanics for classical metaphysics.")]
    [InlineData("Analyse this design step by step:\n- derive the complexity of the algorithm\n- prove that it is optimal\n- refactor the implementation")]
    [InlineData("Debug this:\n```csharp\npublic int F() {\n  return x == 1 ? 0 : F();\n}\n```\nand explain the algorithm, then optimize it.")]
    public void Score_DemandingRequest_IsAboveTheThreshold(string text) => _scorer.Score(text).ShouldBeGreaterThan(Threshold);

    [Theory]
    [InlineData("The undesigned thing", "The unfinished thing")]
    [InlineData("a designation here", "a destination here")]
    public void Score_TermInsideAnotherWord_DoesNotCount(string text, string plain) => _scorer.Score(text).ShouldBe(_scorer.Score(plain), 1e-12);

    [Theory]
    [InlineData("analyzed", "ANALYSIS")]
    [InlineData("optimizing", "OPTIMISING")]
    public void Score_FormsOfATerm_CountAlike(string left, string right) => _scorer.Score(left).ShouldBe(_scorer.Score(right), 1e-12);

    [Fact]
    public void Score_RepeatedTerm_CountsOnce() => _scorer.Score("compare compare compare").ShouldBe(_scorer.Score("compare bananas ananas."), 1e-12);

    [Fact]
    public void Score_CodeAndMathematics_RaiseIt()
    {
        double plain = _scorer.Score("look at this thing");
        _scorer.Score("look at this ```thing()```").ShouldBeGreaterThan(plain);
        _scorer.Score("look at this ∫ thing = 3").ShouldBeGreaterThan(plain);
    }

    [Fact]
    public void Score_AnyText_StaysBetweenZeroAndOne()
    {
        Random random = new(7);
        for (int round = 0; round < 200; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(300)).Select(_ => (char)random.Next(1, 0x3000)));
            _scorer.Score(text).ShouldBeInRange(0, 1);
        }
    }

    [Fact]
    public void Score_TextBeyondTheFirst8192Characters_IsNotRead()
    {
        string start = new string(' ', 8191) + "a";
        _scorer.Score(start + " compare evaluate").ShouldBe(_scorer.Score(start), 1e-12);
    }
}
