using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using static HybridAgents.Core.Tests.Routing.RoutingSamples;

namespace HybridAgents.Core.Tests.Routing;

public sealed class RouterTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("AUTO")]
    [InlineData("")]
    [InlineData("  auto ")]
    public void Decide_SimpleRequest_PrefersTheLocalDefault(string model)
    {
        RoutingDecision decision = Decide(new() { Model = model });
        decision.Candidates[0].Model.ShouldBe(Llama.Ref);
        decision.Candidates.Select(candidate => candidate.Locality).ShouldBe([Locality.Local, Locality.Local, Locality.Cloud, Locality.Cloud, Locality.Cloud]);
        decision.Factors.ShouldBe([RoutingFactors.DefaultLocal]);
    }

    [Theory]
    [InlineData(0.65, false)]
    [InlineData(0.6501, true)]
    public void Decide_ComplexityAboveTheThreshold_PrefersTheCloud(double complexity, bool cloud)
    {
        RoutingDecision decision = Decide(new(), Simple with { Complexity = complexity });
        decision.Candidates[0].Locality.ShouldBe(cloud ? Locality.Cloud : Locality.Local);
        decision.Factors.Contains(RoutingFactors.ComplexityAboveThreshold).ShouldBe(cloud);
    }

    [Theory]
    [InlineData(100, 100, false)]
    [InlineData(100, 101, true)]
    [InlineData(0, 101, false)]
    [InlineData(null, 101, false)]
    public void Decide_PromptAboveTheTokenBudget_PrefersTheCloud(int? budget, int tokens, bool cloud)
    {
        RoutingDecision decision = Decide(new() { TokenBudget = budget }, Simple with { PromptTokens = tokens });
        decision.Candidates[0].Locality.ShouldBe(cloud ? Locality.Cloud : Locality.Local);
        decision.Factors.Contains(RoutingFactors.TokenBudgetExceeded).ShouldBe(cloud);
    }

    [Theory]
    [InlineData(PrivacyLabel.Standard, false, true, null)]
    [InlineData(PrivacyLabel.Private, false, false, RoutingFactors.PrivacyPrivate)]
    [InlineData(PrivacyLabel.Private, true, true, RoutingFactors.PrivacyConsent)]
    [InlineData(PrivacyLabel.LocalOnly, false, false, RoutingFactors.PrivacyLocalOnly)]
    [InlineData(PrivacyLabel.LocalOnly, true, false, RoutingFactors.PrivacyLocalOnly)]
    public void Decide_Label_SaysWhetherTheCloudIsAllowed(PrivacyLabel label, bool consent, bool cloudAllowed, string? factor)
    {
        RoutingDecision decision = Decide(new() { AllowCloudPrivate = consent }, Simple with { Label = label, Complexity = 1, NeedsTools = true });
        decision.Candidates.Any(candidate => candidate.Locality == Locality.Cloud).ShouldBe(cloudAllowed);
        decision.Rejected.Count(rejection => rejection.Reason == RejectionReasons.Privacy).ShouldBe(cloudAllowed ? 0 : 3);
        decision.Label.ShouldBe(label);
        if (factor is not null)
            decision.Factors.ShouldContain(factor);
    }

    [Theory]
    [InlineData("openai:gpt-4o", null)]
    [InlineData("gpt-4o", null)]
    [InlineData("auto", "openai")]
    public void Decide_CloudModelAskedForWithPrivateText_NobodyServes(string model, string? provider)
    {
        RoutingDecision decision = Decide(new() { Model = model, ForceProvider = provider }, Simple with { Label = PrivacyLabel.Private });
        decision.Candidates.ShouldBeEmpty();
        ReasonOf(decision, Gpt).ShouldBe(RejectionReasons.Privacy);
    }

    [Theory]
    [InlineData("ollama:llama2")]
    [InlineData("Ollama:LLAMA2")]
    [InlineData("ollama:llama2:latest")]
    [InlineData("llama2")]
    [InlineData("Llama2:Latest")]
    [InlineData(" llama2 ")]
    public void Decide_ModelAskedFor_IsPinned(string model)
    {
        RoutingDecision decision = Decide(new() { Model = model }, Simple with { Complexity = 1 });
        decision.Candidates.Select(candidate => candidate.Model).ShouldBe([Llama.Ref]);
        decision.Factors.ShouldContain(RoutingFactors.ExplicitModel);
        ReasonOf(decision, Gpt).ShouldBe(RejectionReasons.NotRequested);
    }

    [Fact]
    public void Decide_ColonOfATag_IsNoProvider() => Decide(new() { Model = "mistral:7b-instruct" }).Candidates.Single().Model.ShouldBe(Mistral.Ref);

    [Fact]
    public void Decide_BareNameAtTwoProviders_FallsBackToTheOther()
    {
        ModelInfo elsewhere = Cloud("groq", "llama2");
        Decide(new() { Model = "llama2" }, catalogue: [elsewhere, Llama, Gpt]).Candidates.Select(candidate => candidate.Model).ShouldBe([Llama.Ref, elsewhere.Ref]);
    }

    [Theory]
    [InlineData("ollama:nope", "ollama:nope")]
    [InlineData("nope", "*:nope")]
    [InlineData("unknown:gpt-4o", "*:unknown:gpt-4o")]
    [InlineData("nope:7b", "*:nope:7b")]
    public void Decide_UnknownModel_IsNotFoundAndNotReplaced(string model, string named)
    {
        RoutingDecision decision = Decide(new() { Model = model });
        decision.Candidates.ShouldBeEmpty();
        decision.Rejected[0].ShouldBe(new(named, RejectionReasons.ModelNotFound));
    }

    [Fact]
    public void Decide_UnknownProviderForced_IsNotFound() =>
        Decide(new() { ForceProvider = "mistral" }).Rejected[0].ShouldBe(new("mistral", RejectionReasons.ProviderNotFound));

    [Theory]
    [InlineData("ollama:llama2")]
    [InlineData("ollama:auto")]
    public void Decide_ForcedProviderContradictsPrefix_NobodyServesAndItSaysSo(string model)
    {
        RoutingDecision decision = Decide(new() { Model = model, ForceProvider = "openai" });
        decision.Candidates.ShouldBeEmpty();
        decision.Rejected[0].ShouldBe(new("openai", RejectionReasons.ProviderContradiction));
    }

    [Theory]
    [InlineData("auto", "OpenAI")]
    [InlineData("openai:auto", null)]
    [InlineData("openai:", null)]
    public void Decide_ProviderAskedFor_KeepsToItsModels(string model, string? provider)
    {
        RoutingDecision decision = Decide(new() { Model = model, ForceProvider = provider });
        decision.Candidates.Select(candidate => candidate.Model).ShouldBe([Gpt.Ref, GptMini.Ref]);
        decision.Factors.ShouldContain(RoutingFactors.ExplicitProvider);
    }

    [Fact]
    public void Decide_ForceProviderAuto_MeansAny() => Decide(new() { ForceProvider = "auto" }).Candidates.Count.ShouldBe(5);

    [Fact]
    public void Decide_Hint_ComesFirstAndOthersStay()
    {
        RoutingDecision decision = Decide(new() { Model = "auto:gpt-4o-mini" });
        decision.Candidates[0].Model.ShouldBe(GptMini.Ref);
        decision.Candidates.Count.ShouldBe(5);
        decision.Factors.ShouldContain(RoutingFactors.ModelHint);
    }

    [Theory]
    [InlineData(500, 0, true)]
    [InlineData(500, 0.2, true)]
    [InlineData(500, 0.8, false)]
    [InlineData(60_000, 0.4, false)]
    public void Decide_Hint_ComesFirstOnlyWhileItDoesWell(double latency, double errors, bool first)
    {
        RoutingDecision decision = Decide(new() { Model = "auto:mistral:7b-instruct" }, health: new() { [Mistral.Ref] = new(true, latency, errors) });
        (decision.Candidates[0].Model == Mistral.Ref).ShouldBe(first);
        decision.Candidates.ShouldContain(candidate => candidate.Model == Mistral.Ref);
        decision.Candidates.ShouldAllBe(candidate => candidate.Score >= 0 && candidate.Score <= 1);
    }

    [Theory]
    [InlineData("offline:demo", null)]
    [InlineData("demo", null)]
    [InlineData("auto", "offline")]
    public void Decide_LastResortAskedFor_Serves(string model, string? provider) =>
        Decide(new() { Model = model, ForceProvider = provider }).Candidates.Single().Model.ShouldBe(Demo.Ref);

    [Fact]
    public void Decide_LastResortAlone_Serves() => Decide(new(), catalogue: [Demo]).Candidates.Single().Model.ShouldBe(Demo.Ref);

    [Fact]
    public void Decide_OthersUnavailable_LastResortDoesNotStandIn()
    {
        RoutingDecision decision = Decide(new(), catalogue: [Gpt, Demo], health: new() { [Gpt.Ref] = new(false, null, 1) });
        decision.Candidates.ShouldBeEmpty();
        decision.Rejected.ShouldBe([new("openai:gpt-4o", RejectionReasons.Unavailable), new("offline:demo", RejectionReasons.LastResort)]);
    }

    [Fact]
    public void Decide_LastResortWithPrivateText_DoesNotStandInForTheCloud() =>
        Decide(new(), Simple with { Label = PrivacyLabel.LocalOnly }, [Gpt, Demo]).Candidates.ShouldBeEmpty();

    [Fact]
    public void Decide_ToolsNeeded_RejectsModelsWithout()
    {
        RoutingDecision decision = Decide(new(), Simple with { NeedsTools = true }, [Llama with { SupportsTools = false }, Gpt]);
        decision.Candidates.Single().Model.ShouldBe(Gpt.Ref);
        ReasonOf(decision, Llama).ShouldBe(RejectionReasons.ToolsUnsupported);
        decision.Factors.ShouldContain(RoutingFactors.ToolsRequired);
    }

    [Theory]
    [InlineData(2048, 2048, true)]
    [InlineData(2049, 2048, false)]
    [InlineData(2048, 100_000, true)]
    [InlineData(3996, 100, true)]
    [InlineData(3997, 100, false)]
    public void Decide_WindowOf4096_HoldsPromptAndAtMostHalfForTheAnswer(int prompt, int output, bool fits)
    {
        RoutingDecision decision = Decide(new(), Simple with { PromptTokens = prompt, MaxOutputTokens = output }, [Llama with { ContextWindow = 4096 }]);
        decision.Candidates.Count.ShouldBe(fits ? 1 : 0);
        if (!fits)
            ReasonOf(decision, Llama).ShouldBe(RejectionReasons.ContextWindow);
    }

    [Fact]
    public void Decide_LocalFailsOften_GoesToTheCloudUntilItRecovers()
    {
        Decide(new(), catalogue: [Llama, Gpt], health: new() { [Llama.Ref] = new(true, 500, 0.8) }).Candidates[0].Model.ShouldBe(Gpt.Ref);
        Decide(new(), catalogue: [Llama, Gpt], health: new() { [Llama.Ref] = new(true, 500, 0.1) }).Candidates[0].Model.ShouldBe(Llama.Ref);
    }

    [Fact]
    public void Decide_Speed_TakesTheMeasuredQuickest() => Decide(
        new() { Preference = LatencyPreference.Speed },
        health: new() { [Llama.Ref] = new(true, 9000, 0), [Mistral.Ref] = new(true, 4000, 0), [Gpt.Ref] = new(true, 2500, 0), [Claude.Ref] = new(true, 300, 0), [GptMini.Ref] = new(true, 2000, 0) })
        .Candidates[0].Model.ShouldBe(Claude.Ref);

    [Fact]
    public void Decide_Quality_TakesTheBest() => Decide(
        new() { Preference = LatencyPreference.Quality }, catalogue: [Llama, Gpt with { Quality = 0.8 }, Claude with { Quality = 0.9 }]).Candidates[0].Model.ShouldBe(Claude.Ref);

    [Fact]
    public void Decide_Cost_TakesTheCheapestAndUnknownPricesLast() => Decide(
        new() { Preference = LatencyPreference.Cost },
        catalogue: [Claude with { Price = null, IsProviderDefault = false }, Gpt with { Price = new(2, 8), IsProviderDefault = false }, GptMini with { Price = new(0.1m, 0.4m) }])
        .Candidates.Select(candidate => candidate.Model).ShouldBe([GptMini.Ref, Gpt.Ref, Claude.Ref]);

    [Fact]
    public void Decide_EqualScores_KeepTheOrderOfTheCatalogue()
    {
        ModelInfo[] equal = [.. Enumerable.Range(0, 20).Select(index => Local("ollama", $"m{index}"))];
        Decide(new(), catalogue: equal).Candidates.Select(candidate => candidate.Model).ShouldBe(equal.Select(model => model.Ref));
    }

    [Fact]
    public void Decide_EmptyCatalogue_NobodyServes() => Decide(new(), catalogue: []).Candidates.ShouldBeEmpty();
}
