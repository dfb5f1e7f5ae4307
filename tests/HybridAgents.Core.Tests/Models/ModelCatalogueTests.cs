using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;

namespace HybridAgents.Core.Tests.Models;

public sealed class ModelCatalogueTests
{
    [Theory]
    [InlineData("llama2", 4096, 0.7, ModelSpeed.Medium)]
    [InlineData("llama2:13b", 4096, 0.7, ModelSpeed.Medium)]
    [InlineData("llama2:70b", 4096, 0.65, ModelSpeed.Slow)]
    [InlineData("mistral", 8192, 0.7, ModelSpeed.Medium)]
    [InlineData("mistral:7b-instruct", 8192, 0.7, ModelSpeed.Medium)]
    [InlineData("codellama", 16384, 0.5, ModelSpeed.Medium)]
    [InlineData("codellama:34b", 16384, 0.5, ModelSpeed.Slow)]
    [InlineData("dolphin-mistral", 8192, 0.7, ModelSpeed.Medium)]
    [InlineData("neural-chat", 8192, 0.7, ModelSpeed.Medium)]
    [InlineData("orca-mini", 4096, 0.8, ModelSpeed.Fast)]
    [InlineData("vicuna", 4096, 0.7, ModelSpeed.Medium)]
    [InlineData("wizard-math", 4096, 0.5, ModelSpeed.Medium)]
    [InlineData("phi", 2048, 0.7, ModelSpeed.Fast)]
    [InlineData("llama2:latest", 4096, 0.7, ModelSpeed.Medium)]
    [InlineData("LLAMA2", 4096, 0.7, ModelSpeed.Medium)]
    public void Describe_ModelOfTheFirstCatalogue_HasItsValues(string name, int window, double temperature, ModelSpeed speed)
    {
        ModelInfo info = Local(name);
        (info.ContextWindow, info.RecommendedTemperature, info.Speed).ShouldBe((window, temperature, speed));
        info.Price.ShouldBe(new(0, 0));
        info.Locality.ShouldBe(Locality.Local);
    }

    [Theory]
    [InlineData("gpt-4o-2024-08-06", "gpt-4o")]
    [InlineData("gpt-4o-mini-2024-07-18", "gpt-4o-mini")]
    [InlineData("gpt-4.1-nano-2025-04-14", "gpt-4.1-nano")]
    [InlineData("openai/gpt-4o", "gpt-4o")]
    [InlineData("claude-sonnet-4-5-20250929", "claude-sonnet-4")]
    [InlineData("claude-3-5-sonnet-latest", "claude-3-5-sonnet")]
    [InlineData("o3-2025-04-16", "o3")]
    public void Describe_VersionOfAKnownModel_IsThatModel(string name, string known)
    {
        ModelInfo info = Cloud(name), expected = Cloud(known);
        info.ShouldBe(expected with { Ref = info.Ref });
        info.Price.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("gpt-40", "gpt-4")]
    [InlineData("o12", "o1")]
    [InlineData("phix", "phi")]
    public void Describe_NameThatOnlyBeginsAlike_IsUnknown(string name, string other)
    {
        ModelInfo info = Cloud(name);
        info.Price.ShouldBeNull();
        info.ContextWindow.ShouldBe(4096);
        info.Quality.ShouldNotBe(Cloud(other).Quality);
    }

    [Fact]
    public void Describe_SizeInTheTag_MovesSpeedAndQuality()
    {
        ModelInfo plain = Local("llama3.1"), large = Local("llama3.1:70b"), small = Local("llama3.2:1b");
        large.ContextWindow.ShouldBe(plain.ContextWindow);
        large.Quality.ShouldBeGreaterThan(plain.Quality);
        large.Speed.ShouldBe(ModelSpeed.Slow);
        small.Speed.ShouldBe(ModelSpeed.Fast);
        small.Quality.ShouldBeLessThan(Local("llama3.2").Quality);
    }

    [Fact]
    public void Describe_UnknownModel_IsCautious()
    {
        ModelInfo cloud = Cloud("my-model");
        (cloud.ContextWindow, cloud.SupportsTools, cloud.Quality, cloud.Price, cloud.Locality).ShouldBe((4096, true, 0.5, null, Locality.Cloud));
        Local("my-model").Price.ShouldBe(new(0, 0));
    }

    [Fact]
    public void Describe_ReasoningModel_HasNoTemperature() => Cloud("o3-mini").RecommendedTemperature.ShouldBeNull();

    [Fact]
    public void Describe_ModelWithoutTools_SaysSo() => Cloud("o1-mini").SupportsTools.ShouldBeFalse();

    [Theory]
    [InlineData("gpt-4o", Locality.Cloud, 1_000_000, 100_000, 3.50)]
    [InlineData("gpt-4o-mini", Locality.Cloud, 1, 0, 0.00000015)]
    [InlineData("gpt-4o", Locality.Local, 1_000_000, 100_000, 0.0)]
    [InlineData("llama2", Locality.Local, 1000, 1000, 0.0)]
    public void Cost_KnownPrice_IsExact(string name, Locality locality, int prompt, int completion, double expected) =>
        CostCalculator.Cost(ModelCatalogue.Describe(new("p", name), locality), new(prompt, completion)).ShouldBe((decimal)expected);

    [Fact]
    public void Cost_UnknownCloudPrice_IsUnknown() => CostCalculator.Cost(Cloud("my-model"), new(1, 1)).ShouldBeNull();

    [Fact]
    public void Cost_LocalWithoutPrice_IsZero() => CostCalculator.Cost(Local("m") with { Price = null }, new(1, 1)).ShouldBe(0);

    [Theory]
    [InlineData(2048, 1024)]
    [InlineData(100, 100)]
    public void OutputTokens_OfASmallWindow_AreAtMostHalf(int wanted, int given)
    {
        Local("phi").OutputTokens(wanted).ShouldBe(given);
        Local("phi").PromptBudget(wanted).ShouldBe(2048 - given);
    }

    [Fact]
    public void OutputTokens_OfABoundedModel_AreAtMostItsBound() => Cloud("gpt-4o").OutputTokens(60_000).ShouldBe(16_384);

    [Theory]
    [InlineData("llama2", "llama2:latest")]
    [InlineData("llama2:7b", "llama2:7b")]
    [InlineData("registry:5000/team/model", "registry:5000/team/model:latest")]
    public void WithTag_Name_HasATag(string name, string expected) => ModelNames.WithTag(name).ShouldBe(expected);

    [Theory]
    [InlineData("llama2", "LLAMA2:LATEST", true)]
    [InlineData("llama2:latest", "llama2", true)]
    [InlineData("llama2:7b", "llama2", false)]
    [InlineData("gpt-4o", "gpt-4o-mini", false)]
    public void Same_Names_IgnoreCaseAndTheLatestTag(string left, string right, bool same) => ModelNames.Same(left, right).ShouldBe(same);

    private static ModelInfo Local(string name) => ModelCatalogue.Describe(new("ollama", name), Locality.Local);

    private static ModelInfo Cloud(string name) => ModelCatalogue.Describe(new("openai", name), Locality.Cloud);
}
