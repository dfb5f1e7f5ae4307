using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using static HybridAgents.Core.Tests.Routing.RoutingSamples;

namespace HybridAgents.Core.Tests.Routing;

public sealed class TrafficDrawTests
{
    private static readonly ModelInfo A = Cloud("a", "one", 0.9, new("try", 3));
    private static readonly ModelInfo A2 = Cloud("a", "two", 0.8, new("try", 3));
    private static readonly ModelInfo B = Cloud("b", "one", 0.5, new("try", 1));
    private static readonly ModelInfo Other = Cloud("c", "one", 0.7, null);

    [Fact]
    public void Decide_Split_SharesRunsByWeight()
    {
        int first = 0;
        for (int run = 0; run < 4000; run++)
        {
            RoutingDecision decision = Decide(TrafficDraw.Of($"run_{run}"), A, A2, B, Other);
            decision.Factors.ShouldContain(RoutingFactors.WeightedSplit);
            first += decision.Candidates[0].Model == A.Ref ? 1 : 0;
            decision.Candidates.Count.ShouldBe(4);
        }

        first.ShouldBeInRange(2850, 3150);
    }

    [Theory]
    [InlineData(0, "a:one c:one b:one")]
    [InlineData(0.7499, "a:one c:one b:one")]
    [InlineData(0.75, "b:one a:one c:one")]
    [InlineData(0.9999, "b:one a:one c:one")]
    public void Decide_Drawn_OthersKeepTheirOrder(double draw, string order) =>
        string.Join(' ', Decide(draw, A, B, Other).Candidates.Select(candidate => candidate.Model)).ShouldBe(order);

    [Fact]
    public void Decide_OtherProviderMayNotServe_IsNotASplit()
    {
        RoutingDecision decision = Router.Decide(new(
            Simple with { Draw = 0.99 }, new() { AllowedModels = ["a"] }, [A, B], new Dictionary<ModelRef, ModelHealth>()));
        decision.Candidates.Select(candidate => candidate.Model).ShouldBe([A.Ref]);
        decision.Factors.ShouldNotContain(RoutingFactors.WeightedSplit);
    }

    [Fact]
    public void Decide_SplitAcrossTheCloud_NeverCrossesThePrivacyLine()
    {
        ModelInfo local = A with { Ref = new("ollama", "one"), Locality = Locality.Local };
        for (int run = 0; run < 100; run++)
        {
            RoutingDecision decision = Router.Decide(new(
                Simple with { Draw = TrafficDraw.Of($"{run}"), Label = PrivacyLabel.Private }, new(), [local, B], new Dictionary<ModelRef, ModelHealth>()));
            decision.Candidates.Select(candidate => candidate.Model).ShouldBe([local.Ref]);
        }
    }

    [Fact]
    public void Of_SameId_IsTheSame() => TrafficDraw.Of("run_01").ShouldBe(TrafficDraw.Of("run_01"));

    private static RoutingDecision Decide(double draw, params ModelInfo[] models) =>
        Router.Decide(new(Simple with { Draw = draw }, new() { Preference = LatencyPreference.Quality }, models, new Dictionary<ModelRef, ModelHealth>()));

    private static ModelInfo Cloud(string provider, string model, double quality, TrafficSplit? split) =>
        new() { Ref = new(provider, model), Locality = Locality.Cloud, ContextWindow = 128_000, SupportsTools = true, Quality = quality, Split = split };
}
