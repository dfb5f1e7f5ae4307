using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;

namespace HybridAgents.Core.Tests.Routing;

public sealed class ModelRecommendationsTests
{
    [Theory]
    [InlineData(UseCases.CodeGeneration, "codellama", "codellama:34b", "codellama:34b")]
    [InlineData(UseCases.CreativeWriting, "orca-mini", "dolphin-mistral", "dolphin-mistral")]
    [InlineData(UseCases.MathematicalReasoning, "orca-mini", "wizard-math", "llama2:70b")]
    [InlineData(UseCases.Conversational, "orca-mini", "neural-chat", "neural-chat")]
    [InlineData(UseCases.KnowledgeIntensive, "orca-mini", "llama2:70b", "llama2:70b")]
    [InlineData(UseCases.ResourceConstrained, "phi", "phi", "phi")]
    [InlineData("gardening", "orca-mini", "mistral", "llama2:70b")]
    public void Local_UseCaseAndTier_AsTheTableSays(string useCase, string low, string medium, string high)
    {
        ModelRecommendations.Local(useCase, PerformanceTier.Low).ShouldBe(low);
        ModelRecommendations.Local(useCase, PerformanceTier.Medium).ShouldBe(medium);
        ModelRecommendations.Local(useCase, PerformanceTier.High).ShouldBe(high);
    }

    [Fact]
    public void Strengths_EveryRecommendedModel_HasSome()
    {
        foreach (string useCase in UseCases.All.Append("gardening"))
        {
            foreach (PerformanceTier tier in Enum.GetValues<PerformanceTier>())
                ModelCatalogue.Strengths(ModelRecommendations.Local(useCase, tier)).ShouldNotBeEmpty();
            ModelRecommendations.Suited(useCase).ShouldAllBe(model => ModelCatalogue.Strengths(model).Count > 0);
        }
    }

    [Fact]
    public void OpenAI_Tier_GivesItsModel() =>
        Enum.GetValues<PerformanceTier>().Select(ModelRecommendations.OpenAI).ShouldBe(["gpt-3.5-turbo", "gpt-3.5-turbo", "gpt-4o"]);
}
