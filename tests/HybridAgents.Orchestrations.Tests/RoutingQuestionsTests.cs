using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Routing;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using Microsoft.Extensions.Options;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class RoutingQuestionsTests
{
    [Fact]
    public async Task OfTurnAsync_ModelsHaveChangedSince_DecidesAsThen()
    {
        TestTool tool = new("reads");
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Models.Add(Cloud("cloud:big", new(2.5m, 10)));
        host.Models.Models.Add(Local("local:toolless", tools: false));
        host.Models.PriceTableVersion = "acme";
        host.Models.Health[Ref("local:small")] = new(true, 420.5, 0.125);
        host.Models.Script = ByTurn(Calls(("reads", "{}")), Says("Done."));
        RunView run = await host.RunAsync(RunHost.Ask("Compare both.", "reads") with { Routing = new() { LatencyPreference = LatencyPreference.Quality } });
        // Everything a decision depends on is another now: models, prices, their version, health, and the configured threshold and allow-list.
        host.Models.Models.Clear();
        host.Models.Models.Add(Cloud("cloud:big", new(0.01m, 0.01m)) with { Quality = 1 });
        host.Models.PriceTableVersion = "2027-01";
        host.Models.Health.Clear();
        host.Models.Health[Ref("local:small")] = new(false, null, 1);
        await host.RestartAsync();
        RoutingOptions options = host.Get<IOptionsMonitor<RoutingOptions>>().CurrentValue;
        options.ComplexityThreshold = 0;
        options.AllowedModels = "cloud";

        foreach (RoutingView turn in run.Routing)
        {
            RoutingDecision decision = Router.Decide((await AskAsync(host, run.RunId, turn.Turn)).ShouldNotBeNull());
            decision.Candidates[0].Model.ShouldBe(new(turn.Provider!, turn.Model!));
            decision.Complexity.ShouldBe(turn.RoutingMetrics.ComplexityScore);
            decision.Factors.ShouldBe(turn.RoutingMetrics.DecisionFactors);
            decision.Rejected.ShouldBe(turn.RoutingMetrics.Rejected);
            (decision.PriceTableVersion, turn.RoutingMetrics.PriceTableVersion).ShouldBe(("acme", "acme"));
        }

        run.Routing.Select(turn => turn.Turn).ShouldBe([1, 2]);
        (await AskAsync(host, run.RunId, 1))!.Health[Ref("local:small")].ShouldBe(new(true, 420.5, 0.125));
    }

    [Fact]
    public async Task OfRunAsync_Run_IsAskedAsItWillBe()
    {
        TestTool tool = new("reads");
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Models.Add(Cloud("cloud:big", new(2.5m, 10)));
        RunRequest request = RunHost.Ask("Compare both.", "reads") with { Routing = new() { LatencyPreference = LatencyPreference.Quality } };
        RunCaller caller = RunHost.Caller with { Budget = new(MaxCostUsd: 1, null) };

        RoutingRequest asked = await host.Get<IRoutingQuestions>().OfRunAsync(request, caller, default);
        host.Models.Sent.ShouldBeEmpty();
        (await host.Runs.ListAsync(new(), caller, default)).Runs.ShouldBeEmpty();
        RunStart start = await host.Runs.StartAsync(request, caller, null, default);
        await host.EndOfAsync(start.Run!.RunId);

        RoutingRequest made = (await AskAsync(host, start.Run.RunId, 1)).ShouldNotBeNull();
        (asked.Features with { Draw = 0 }).ShouldBe(made.Features with { Draw = 0 });
        asked.Policy.Budget.ShouldBe(new(null, 1));
        Router.Decide(asked).Candidates.ShouldBe(Router.Decide(made).Candidates);
    }

    [Fact]
    public async Task OfChatAsync_BudgetSpent_RejectsWhatCannotBePaidFor()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models.Add(Cloud("cloud:big", new(2.5m, 10)));
        ChatRequest chat = new() { Messages = [Message.User("Hi")] };

        RoutingRequest asked = await host.Get<IRoutingQuestions>().OfChatAsync(chat, RunHost.Caller with { Budget = new(MaxCostUsd: 0, null) }, default);

        Router.Decide(asked).Rejected.ShouldBe([new("cloud:big", RejectionReasons.Budget)]);
    }

    [Fact]
    public async Task OfTurnAsync_Consent_IsRecorded()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big");
        RunView run = await host.RunAsync(RunHost.Ask("My password is hunter2-and-more") with { Routing = new() { AllowCloudPrivate = true } });

        RoutingRequest request = (await AskAsync(host, run.RunId, 1)).ShouldNotBeNull();
        (request.Features.Label, request.Policy.AllowCloudPrivate).ShouldBe((PrivacyLabel.Private, true));
        Router.Decide(request).Factors.ShouldContain(RoutingFactors.PrivacyConsent);
    }

    [Fact]
    public async Task OfTurnAsync_NoSuchTurnOrRunOrTenant_IsNull()
    {
        await using RunHost host = await RunHost.StartAsync();
        RunView run = await host.RunAsync(RunHost.Ask("Hello"));

        (await AskAsync(host, run.RunId, 2)).ShouldBeNull();
        (await AskAsync(host, RunId.New(TimeProvider.System), 1)).ShouldBeNull();
        (await host.Get<IRoutingQuestions>().OfTurnAsync(run.RunId, new("other", "key"), 1, default)).ShouldBeNull();
    }

    private static Task<RoutingRequest?> AskAsync(RunHost host, string runId, int turn) => host.Get<IRoutingQuestions>().OfTurnAsync(runId, RunHost.Caller, turn, default);
}
