using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Health;
using HybridAgents.TestSupport;

namespace HybridAgents.Providers.Tests.Health;

/// <summary>What calls teach the router: a slow or failing model comes later in the chain, and is tried again when that was long ago.</summary>
public sealed class LearnedRoutingTests
{
    private static readonly ModelInfo First = new() { Ref = new("ollama", "first"), Locality = Locality.Local, IsProviderDefault = true };
    private static readonly ModelInfo Second = new() { Ref = new("ollama", "second"), Locality = Locality.Local };

    private readonly ManualTimeProvider _time = new();
    private readonly ModelHealthBoard _board;

    public LearnedRoutingTests() => _board = new(new BreakerSettings { Failures = 1000 }, _time);

    [Fact]
    public void Decide_NothingLearned_TakesTheDefault() => Chosen().ShouldBe("first");

    [Fact]
    public void Decide_ModelFails_ComesLaterUntilThatIsLongAgo()
    {
        for (int call = 0; call < 6; call++)
            _board.For(First.Ref).Estimate.Failed();
        Chosen().ShouldBe("second");
        _time.Advance(TimeSpan.FromMinutes(15));
        Chosen().ShouldBe("first");
    }

    [Fact]
    public void Decide_ModelAnswersAgain_Recovers()
    {
        for (int call = 0; call < 4; call++)
            _board.For(First.Ref).Estimate.Failed();
        Chosen().ShouldBe("second");
        for (int call = 0; call < 40; call++)
            _board.For(First.Ref).Estimate.Succeeded(TimeSpan.FromMilliseconds(100));
        Chosen().ShouldBe("first");
    }

    [Fact]
    public void Decide_ModelLetsWait_ComesLaterUntilThatIsLongAgo()
    {
        _board.For(First.Ref).Estimate.Succeeded(TimeSpan.FromSeconds(40));
        _board.For(Second.Ref).Estimate.Succeeded(TimeSpan.FromMilliseconds(300));
        Chosen().ShouldBe("second");
        _time.Advance(TimeSpan.FromMinutes(15));
        Chosen().ShouldBe("first");
    }

    [Fact]
    public void Decide_OnlyLocalMayServe_SlowAndFailingStillServes()
    {
        ModelInfo cloud = new() { Ref = new("openai", "big"), Quality = 1 };
        for (int call = 0; call < 50; call++)
            _board.For(First.Ref).Estimate.Failed();
        RoutingDecision decision = Router.Decide(new(new(0.9, 50, PrivacyLabel.Private, false, 512), new(), [First, cloud], _board.Read()));
        decision.Candidates.Select(candidate => candidate.Model).ShouldBe([First.Ref]);
    }

    private string Chosen() =>
        Router.Decide(new(new(0.1, 50, PrivacyLabel.Standard, false, 512), new(), [First, Second], _board.Read())).Candidates[0].Model.Model;
}
