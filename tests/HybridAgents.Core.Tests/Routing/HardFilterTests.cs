using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using static HybridAgents.Core.Tests.Routing.RoutingSamples;

namespace HybridAgents.Core.Tests.Routing;

public sealed class HardFilterTests
{
    private static readonly RoutingFeatures Hardest = new(0.1, 1_000_000, PrivacyLabel.Private, NeedsTools: true, MaxOutputTokens: 512, NeedsImages: true);

    /// <summary>A model that everything speaks against, and the same with one fault less each time: the reasons come in their order.</summary>
    [Fact]
    public void Decide_SeveralFaults_GivesTheFirstReasonInTheFixedOrder()
    {
        RoutingPolicy policy = new() { AllowedModels = ["ollama"], Budget = new(10, 0.001m) };
        ModelInfo model = Cloud("openai", "x") with { SupportsTools = false, LastResort = true, Price = null };
        ModelHealth down = new(false, null, 0);
        ModelInfo other = Llama with { SupportsTools = false };

        Reason(policy with { ForceProvider = "ollama" }, Hardest, model, down).ShouldBe(RejectionReasons.NotRequested);
        Reason(policy, Hardest, model, down).ShouldBe(RejectionReasons.Privacy);
        policy = policy with { AllowCloudPrivate = true };
        Reason(policy, Hardest, model, down).ShouldBe(RejectionReasons.NotAllowed);
        policy = policy with { AllowedModels = [] };
        Reason(policy, Hardest, model, down).ShouldBe(RejectionReasons.LastResort);
        model = model with { LastResort = false };
        Reason(policy, Hardest, model, down).ShouldBe(RejectionReasons.Unavailable);
        Reason(policy, Hardest, model, ModelHealth.Unknown).ShouldBe(RejectionReasons.ToolsUnsupported);
        model = model with { SupportsTools = true };
        Reason(policy, Hardest, model, ModelHealth.Unknown).ShouldBe(RejectionReasons.ImagesUnsupported);
        model = model with { SupportsImages = true };
        Reason(policy, Hardest, model, ModelHealth.Unknown).ShouldBe(RejectionReasons.ContextWindow);
        model = model with { ContextWindow = 2_000_000 };
        Reason(policy, Hardest, model, ModelHealth.Unknown).ShouldBe(RejectionReasons.Budget);
        policy = policy with { Budget = new(null, 0.001m) };
        Reason(policy, Hardest, model, ModelHealth.Unknown).ShouldBe(RejectionReasons.PriceUnknown);
        Reason(policy, Hardest, model with { Price = new(1, 1) }, ModelHealth.Unknown).ShouldBe(RejectionReasons.Budget);
        Reason(policy, Hardest, model with { Price = new(0, 0) }, ModelHealth.Unknown).ShouldBeNull();

        string? Reason(RoutingPolicy what, RoutingFeatures features, ModelInfo candidate, ModelHealth health) =>
            Decide(what, features, [other, candidate], new() { [candidate.Ref] = health }).Rejected.SingleOrDefault(entry => entry.Candidate == candidate.Ref.ToString())?.Reason;
    }

    [Theory]
    [InlineData("openai", "openai:gpt-4o openai:gpt-4o-mini")]
    [InlineData("OPENAI:GPT-4o", "openai:gpt-4o")]
    [InlineData("ollama:llama2 anthropic", "ollama:llama2:latest anthropic:claude-sonnet-4")]
    [InlineData("ollama:mistral:7b-instruct", "ollama:mistral:7b-instruct")]
    [InlineData("nobody", "")]
    public void Decide_AllowList_LeavesOnlyWhatItNames(string allowed, string expected)
    {
        RoutingDecision decision = Decide(new() { AllowedModels = allowed.Split(' ') });
        decision.Candidates.Select(candidate => candidate.Model.ToString()).Order().ShouldBe(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order());
        decision.Rejected.Count(entry => entry.Reason == RejectionReasons.NotAllowed).ShouldBe(Everything.Length - decision.Candidates.Count);
    }

    [Theory]
    [InlineData(51, true)]
    [InlineData(50, false)]
    [InlineData(0, false)]
    public void Decide_TokensLeft_MustExceedThePrompt(long left, bool serves) => Decide(new() { Budget = new(left, null) }).Candidates.Any().ShouldBe(serves);

    // 50 prompt tokens at 2.5 and 512 completion tokens at 10 US dollars per million.
    [Theory]
    [InlineData("0.005245", true)]
    [InlineData("0.005244", false)]
    public void Decide_MoneyLeft_MustCoverPromptAndWholeAnswer(string left, bool serves)
    {
        RoutingDecision decision = Decide(new() { ForceProvider = "openai", Budget = new(null, decimal.Parse(left, System.Globalization.CultureInfo.InvariantCulture)) });
        decision.Candidates.Any().ShouldBe(serves);
        if (!serves)
            ReasonOf(decision, Gpt).ShouldBe(RejectionReasons.Budget);
    }

    [Fact]
    public void Decide_MoneyLimited_LocalServesForNothing() => Decide(new() { Budget = new(null, 0) }).Candidates.ShouldAllBe(candidate => candidate.Locality == Locality.Local);

    [Fact]
    public void Decide_Images_NeedAModelThatSeesThem()
    {
        ModelInfo seeing = Mistral with { SupportsImages = true };
        Decide(new(), Simple with { NeedsImages = true }, [Llama, seeing, Gpt]).Candidates.Single().Model.ShouldBe(seeing.Ref);
    }
}
