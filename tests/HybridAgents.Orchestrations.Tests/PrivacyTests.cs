using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class PrivacyTests
{
    private const string Secret = "My password is hunter2-and-more";

    [Fact]
    public async Task Run_PrivateText_NeverReachesACloudModel()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models.Insert(0, Cloud("cloud:big"));
        host.Models.Script = (request, token) => Fails(HybridAgents.Core.Models.ProviderFault.ServerError)(request, token);
        RunView run = await host.RunAsync(RunHost.Ask(Secret));

        run.Status.ShouldBe(RunStatus.Failed);
        host.Models.Sent.ShouldNotBeEmpty();
        host.Models.Sent.ShouldAllBe(sent => sent.Destination.Locality == Locality.Local);
        run.Routing.Single().RoutingMetrics.PrivacyImpact.ShouldBe("high");
    }

    [Fact]
    public async Task Run_PrivateTextAndOnlyTheCloud_FailsAsUnsatisfiable()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big");
        RunView run = await host.RunAsync(RunHost.Ask(Secret));

        run.Error!.Code.ShouldBe(RunErrorCodes.PrivacyUnsatisfiable);
        host.Models.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_ToolReturnsASecret_TheNextTurnStaysLocal()
    {
        TestTool tool = new("reads", (_, _) => Task.FromResult(new ToolOutput(Secret)));
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Models.Insert(0, Cloud("cloud:big"));
        host.Models.Script = ByTurn(Calls(("reads", "{}")), Says("Done."));
        RunRequest request = RunHost.Ask("Go", "reads");
        RunView run = await host.RunAsync(request with { Routing = new() { LatencyPreference = Core.Routing.LatencyPreference.Quality } });

        run.Status.ShouldBe(RunStatus.Completed);
        host.Models.Sent.Select(sent => sent.Destination.Locality).ShouldBe([Locality.Cloud, Locality.Local]);
    }

    [Fact]
    public async Task Tool_OnTheNetworkWithPrivateLabel_IsBlocked()
    {
        TestTool tool = new("fetch") { Definition = TestTool.Define("fetch") with { Locality = Locality.Cloud } };
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = ByTurn(Calls(("fetch", "{}")), Says("Done."));
        RunView run = await host.RunAsync(RunHost.Ask(Secret, "fetch"));

        run.Status.ShouldBe(RunStatus.Completed);
        tool.Calls.ShouldBeEmpty();
        (await host.MessagesAsync(run.RunId))![2].Message.Content!.ShouldStartWith("privacy_blocked");
    }
}
