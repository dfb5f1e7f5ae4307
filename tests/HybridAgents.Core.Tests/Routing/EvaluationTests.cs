using HybridAgents.Evaluation;

namespace HybridAgents.Core.Tests.Routing;

/// <summary>Guards what docs/benchmarks/routing-evaluation.md reports: a change that makes scorer or scanner worse fails here.</summary>
public sealed class EvaluationTests
{
    [Theory]
    [InlineData(LabelledPrompt.Development, 0.97, 0.95)]
    [InlineData(LabelledPrompt.HeldOut, 0.95, 0.93)]
    public void Defaults_LabelledPrompts_AgreeWithAPerson(string part, double complexity, double privacy)
    {
        Verdicts verdicts = Verdicts.Of(part);
        verdicts.ComplexityAccuracy.ShouldBeGreaterThanOrEqualTo(complexity);
        verdicts.PrivacyAccuracy.ShouldBeGreaterThanOrEqualTo(privacy);
    }

    [Fact]
    public void Prompts_AllTogether_AreManyVariedAndDifferent()
    {
        LabelledPrompt[] prompts = [.. LabelledPrompt.Load(LabelledPrompt.Development), .. LabelledPrompt.Load(LabelledPrompt.HeldOut)];
        prompts.Length.ShouldBeGreaterThanOrEqualTo(300);
        prompts.Select(prompt => prompt.Domain).Distinct().Count().ShouldBeGreaterThanOrEqualTo(30);
        prompts.Select(prompt => prompt.Language).Distinct().Count().ShouldBeGreaterThanOrEqualTo(8);
        prompts.Select(prompt => prompt.Text).ShouldBeUnique();
        prompts.ShouldAllBe(prompt => prompt.Complexity == "complex" || prompt.Complexity == "simple");
    }
}
