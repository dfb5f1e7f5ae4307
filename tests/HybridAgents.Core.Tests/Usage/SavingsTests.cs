using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;

namespace HybridAgents.Core.Tests.Usage;

public sealed class SavingsTests
{
    [Theory]
    [InlineData("llama2:latest", "gpt-3.5-turbo")]
    [InlineData("llama2:70b", "gpt-4")]
    [InlineData("mistral:7b-instruct", "gpt-3.5-turbo-16k")]
    [InlineData("mistral:latest", "gpt-4o")]
    [InlineData("qwen3:8b", "gpt-5-nano")]
    public void CloudFor_LocalModel_IsTheNamedOrTheCheapestAsGood(string local, string cloud) =>
        ModelCounterparts.CloudFor(ModelCatalogue.Describe(new("ollama", local), Locality.Local)).Ref.Model.ShouldBe(cloud);

    [Fact]
    public void CloudFor_BetterThanAny_IsTheBest() =>
        ModelCounterparts.CloudFor(new() { Ref = new("ollama", "marvel"), Locality = Locality.Local, Quality = 1 }).Ref.Model.ShouldBe("gpt-5");

    [Fact]
    public void Saved_LocalTokens_AreCountedAtTheCounterpartsPrice() =>
        CostCalculator.Saved(ModelCatalogue.Describe(new("ollama", "llama2"), Locality.Local), new(1_000_000, 1_000_000)).ShouldBe(2m);

    [Fact]
    public void Saved_CloudOrBuiltInModel_IsNothing()
    {
        CostCalculator.Saved(ModelCatalogue.Describe(new("openai", "gpt-4o"), Locality.Cloud), new(1000, 1000)).ShouldBe(0);
        CostCalculator.Saved(new() { Ref = new("offline", "demo"), Locality = Locality.Local, LastResort = true }, new(1000, 1000)).ShouldBe(0);
    }
}
