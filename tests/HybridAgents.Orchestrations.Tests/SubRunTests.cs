using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Agents;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class SubRunTests
{
    private const string Both = """{"task":"Compare","subsystems":["alpha","beta"]}""";

    [Fact]
    public async Task Route_ToASpecialist_GivesItTheTaskOnlyAndReturnsItsAnswer()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Team(
            ByTurn(Calls(("route_to_subsystem", """{"subsystem":"Alpha","task":"Look it up","context":{"year":1999}}""")), Says("Alpha knows.")), Says("It is so."));
        RunView run = await host.RunAsync(Coordinator("My question"));

        run.Status.ShouldBe(RunStatus.Completed);
        run.Result!.Message!.Content.ShouldBe("Alpha knows.");
        IReadOnlyList<StoredMessage> messages = (await host.MessagesAsync(run.RunId))!;
        messages[2].Message.Content.ShouldBe("[alpha - finds facts] It is so.");
        SubRunView agent = run.Progress.Agents.ShouldHaveSingleItem();
        (agent.Path, agent.Agent, agent.Status).ShouldBe(("alpha", "alpha", RunStatus.Completed));
        RunView below = await host.ViewAsync(agent.RunId);
        (below.ParentRunId, below.Path).ShouldBe((run.RunId, "alpha"));
        (await host.MessagesAsync(agent.RunId))![0].Message.Content.ShouldBe("Look it up\n\nContext:\n{\"year\":1999}");
        host.Models.Sent.Single(sent => Is(sent.Value, "alpha")).Value.Messages.ShouldAllBe(message => !message.Content!.Contains("My question"));
    }

    [Fact]
    public async Task Parallel_Branches_AreMirroredOnTheRootAndAddToItsUsage()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Team(ByTurn(Calls(("parallel_processing", Both)), Says("Both agree.")), Says("Yes."), Says("Yes, too."));
        string id = await host.StartRunAsync(Coordinator());
        List<RunEvent> events = await host.EventsAsync(id);
        RunView run = await host.ViewAsync(id);

        (await host.MessagesAsync(id))![2].Message.Content.ShouldBe("## alpha (finds facts)\n\nYes.\n\n## beta (doubts)\n\nYes, too.");
        events.Where(entry => entry.Type == RunEventTypes.AgentStarted).Select(entry => entry.Data.GetProperty("path").GetString()).ShouldBe(["alpha", "beta"]);
        events.Where(entry => entry.Type == RunEventTypes.AgentCompleted).Select(entry => entry.Data.GetProperty("status").GetString()).ShouldBe(["completed", "completed"]);
        (run.Usage.ModelCalls, run.Usage.PromptTokens).ShouldBe((4, 40));
        (await host.Runs.ListAsync(new(), RunHost.Caller, CancellationToken.None)).Runs.Select(entry => entry.RunId).ShouldBe([id]);
    }

    [Fact]
    public async Task Parallel_OneBranchFails_KeepsTheOthers()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Team(ByTurn(Calls(("parallel_processing", Both)), Says("Only beta answered.")), Fails(ProviderFault.ServerError), Says("Fine."));
        RunView run = await host.RunAsync(Coordinator());

        run.Status.ShouldBe(RunStatus.Completed);
        string told = (await host.MessagesAsync(run.RunId))![2].Message.Content!;
        told.ShouldStartWith("## alpha (finds facts)\n\nThis branch failed (");
        told.ShouldEndWith("## beta (doubts)\n\nFine.");
        run.Progress.Agents.Select(agent => agent.Status).ShouldBe([RunStatus.Failed, RunStatus.Completed]);
    }

    [Theory]
    [InlineData("route_to_subsystem", """{"subsystem":"gamma","task":"Go"}""", "There is no subsystem named 'gamma'; known: alpha, beta.")]
    [InlineData("parallel_processing", """{"task":"Go","subsystems":"alpha"}""", "The arguments do not fit the tool's schema")]
    [InlineData("route_to_subsystem", """{"subsystem":"alpha"}""", "The arguments do not fit the tool's schema")]
    public async Task Delegation_WithWrongArguments_TellsTheModel(string tool, string arguments, string told)
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Team(ByTurn(Calls((tool, arguments)), Says("I see.")), Says("Never."));
        RunView run = await host.RunAsync(Coordinator());

        run.Progress.Agents.ShouldBeEmpty();
        (await host.MessagesAsync(run.RunId))![2].Message.Content.ShouldStartWith(told);
    }

    [Fact]
    public async Task Branch_ThatMetPrivateText_RaisesTheRootBeforeItsAnswerIsRead()
    {
        TestTool leak = new("leak", (_, _) => Task.FromResult(new ToolOutput("The password is hunter2, e-mail jane.doe@example.com")));
        await using RunHost host = await RunHost.StartAsync(leak);
        host.Models.Models.Add(Cloud("cloud:big"));
        host.Models.Script = Team(
            ByTurn(Calls(("parallel_processing", Both)), Says("Done.")), ByTurn(Calls(("leak", "{}")), Says("All quiet.")), Says("Nothing."));
        RunRequest request = Coordinator() with { Routing = new() { LatencyPreference = Core.Routing.LatencyPreference.Quality } };
        RunView run = await host.RunAsync(request);

        host.Models.Sent[0].Value.Model.ShouldBe(Ref("cloud:big"));
        host.Models.Sent[^1].Label.ShouldBe(PrivacyLabel.Private);
        host.Models.Sent[^1].Value.Model.ShouldBe(Ref("local:small"));
        run.Status.ShouldBe(RunStatus.Completed);
    }

    [Fact]
    public async Task Approval_InABranch_SurfacesOnTheRootAndIsAnsweredThere()
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = Team(ByTurn(Calls(("parallel_processing", Both)), Says("Done.")), ByTurn(Calls(("first", "{}")), Says("Did it.")), Says("Waited."));
        string id = await host.StartRunAsync(Coordinator() with { Approval = new() { Tools = ["first"] }, Limits = new() { TimeoutSeconds = 60 } });
        List<RunEvent> events = await host.EventsAsync(id, until: RunEventTypes.ActionRequired);
        RunView waiting = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        RequiredCallView call = waiting.RequiredAction!.Calls.ShouldHaveSingleItem();

        (waiting.RequiredAction.Type, call.Path, call.Tool).ShouldBe(("approval", "alpha", "first"));
        events[^1].Data.GetProperty("required_action").GetProperty("calls")[0].GetProperty("path").GetString().ShouldBe("alpha");
        (await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval(call.CallId, true, null), CancellationToken.None)).ShouldBe(AnswerResult.Accepted);
        (await host.EndOfAsync(id)).Status.ShouldBe(RunStatus.Completed);
        tool.Calls.Count.ShouldBe(1);
        (await host.MessagesAsync(id))![2].Message.Content!.ShouldContain("Did it.");
        (await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval(call.CallId, false, null), CancellationToken.None)).ShouldBe(AnswerResult.Conflict);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_OfTheRoot_EndsTheBranches(bool force)
    {
        TaskCompletionSource reached = new();
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Team(Calls(("route_to_subsystem", """{"subsystem":"alpha","task":"Go"}""")), Hangs("I think", reached));
        string id = await host.StartRunAsync(Coordinator());
        await reached.Task.WaitAsync(RunHost.Patience);
        await host.Runs.CancelAsync(id, RunHost.Caller, "enough", force, CancellationToken.None);
        RunView run = await host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Cancelled);
        (await host.EndOfAsync(run.Progress.Agents[0].RunId)).Status.ShouldBe(RunStatus.Cancelled);
    }

    [Fact]
    public async Task Suspend_OfTheRoot_HoldsTheBranchesUntilItIsResumed()
    {
        TaskCompletionSource reached = new(), go = new();
        TestTool gate = new("gate", async (_, token) =>
        {
            reached.TrySetResult();
            await go.Task.WaitAsync(token);
            return new("open");
        });
        await using RunHost host = await RunHost.StartAsync(gate);
        host.Models.Script = Team(ByTurn(Calls(("route_to_subsystem", """{"subsystem":"alpha","task":"Go"}""")), Says("Done.")), ByTurn(Calls(("gate", "{}")), Says("Through.")));
        string id = await host.StartRunAsync(Coordinator());
        await reached.Task.WaitAsync(RunHost.Patience);
        (await host.Runs.SuspendAsync(id, RunHost.Caller, CancellationToken.None)).ShouldBe(true);
        string below = (await host.ViewAsync(id)).Progress.Agents[0].RunId;
        (await host.Get<IDurableClient>().GetAsync(below))!.Status.ShouldBe(OrchestrationStatus.Suspended);
        (await host.ViewAsync(id)).Progress.Agents[0].Status.ShouldBe(RunStatus.Suspended);
        (await host.ViewAsync(below)).Status.ShouldBe(RunStatus.Suspended);
        go.SetResult();
        (await host.Runs.ResumeAsync(id, RunHost.Caller, CancellationToken.None)).ShouldBe(true);
        (await host.Runs.ResumeAsync(below, RunHost.Caller, CancellationToken.None)).ShouldBe(false);

        (await host.EndOfAsync(id)).Result!.Message!.Content.ShouldBe("Done.");
    }

    [Fact]
    public async Task Purge_OfTheRoot_TakesTheBranchesWithIt()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Team(ByTurn(Calls(("parallel_processing", Both)), Says("Done.")), Says("Yes."), Says("No."));
        RunView run = await host.RunAsync(Coordinator());
        string below = run.Progress.Agents[0].RunId;

        (await host.Runs.PurgeAsync(below, RunHost.Caller, CancellationToken.None)).ShouldBe(PurgeResult.PartOfAnother);
        (await host.Runs.PurgeAsync(run.RunId, RunHost.Caller, CancellationToken.None)).ShouldBe(PurgeResult.Purged);
        (await host.Runs.GetAsync(below, RunHost.Caller, CancellationToken.None)).ShouldBeNull();
        (await host.Get<IDurableClient>().GetAsync(below)).ShouldBeNull();
    }

    [Fact]
    public async Task Meta_WithTheBuiltInTeam_StaysStandardAndKnowsEveryMember()
    {
        await using RunHost host = await RunHost.StartAsync();
        AgentConfig meta = await host.Get<AgentResolver>().ResolveAsync("meta", "default", CancellationToken.None);
        await host.RunAsync(RunHost.Ask("Hi") with { Agent = meta });

        Cleared<ModelRequest> sent = host.Models.Sent.ShouldHaveSingleItem();
        sent.Label.ShouldBe(PrivacyLabel.Standard);
        sent.Value.Tools.Select(tool => tool.Name).ShouldBe(["route_to_subsystem", "parallel_processing"]);
        meta.SubAgents.ShouldAllBe(member => sent.Value.Tools[0].Description.Contains($"- {member.Name}: {member.Role}"));
    }

    [Fact]
    public async Task Limits_AreSharedAmongTheBranches()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = Team(ByTurn(Calls(("parallel_processing", Both)), Says("Done.")), Says("Yes."), Says("No."));
        RunView run = await host.RunAsync(Coordinator() with { Limits = new() { MaxTotalTokens = 10_015 } });

        RunRequest below = (await host.Get<RunRequests>().GetAsync(run.Progress.Agents[0].RunId, CancellationToken.None))!;
        below.Limits.MaxTotalTokens.ShouldBe(5_000);
    }

    [Fact]
    public async Task Nested_Branches_HaveThePathFromTheRootAndAnswerThere()
    {
        TestTool tool = new("first");
        await using RunHost host = await RunHost.StartAsync(tool);
        host.Models.Script = Team(
            ByTurn(Calls(("route_to_subsystem", """{"subsystem":"alpha","task":"Go"}""")), Says("Done.")),
            ByTurn(Calls(("route_to_subsystem", """{"subsystem":"beta","task":"Go deeper"}""")), Says("Deep.")),
            ByTurn(Calls(("first", "{}")), Says("Deepest.")));
        SubAgent beta = Member("beta", "doubts");
        RunRequest request = Coordinator() with
        {
            Agent = new() { Instructions = "root", SubAgents = [Member("alpha", "finds facts") with { Agent = new() { Instructions = "I am alpha", SubAgents = [beta] } }] },
            Approval = new() { Tools = ["first"] },
        };
        string id = await host.StartRunAsync(request);
        RunView waiting = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);
        waiting.RequiredAction!.Calls[0].Path.ShouldBe("alpha/beta");
        await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval(waiting.RequiredAction.Calls[0].CallId, true, null), CancellationToken.None);
        RunView run = await host.EndOfAsync(id);

        run.Progress.Agents.Select(agent => agent.Path).ShouldBe(["alpha", "alpha/beta"]);
        run.Usage.ModelCalls.ShouldBe(6);
    }

    private static RunRequest Coordinator(string text = "Go") => RunHost.Ask(text) with
    {
        Agent = new() { Instructions = "root", SubAgents = [Member("alpha", "finds facts"), Member("beta", "doubts")] },
    };

    private static SubAgent Member(string name, string role) => new(name, role, new() { Instructions = $"I am {name}", Tools = ["first", "leak", "gate"] });

    private static bool Is(ModelRequest request, string name) => request.Messages[0].Content!.Contains($"I am {name}");

    private static ModelScript Team(ModelScript root, ModelScript alpha, ModelScript? beta = null) => (request, token) =>
        (Is(request, "alpha") ? alpha : Is(request, "beta") ? beta! : root)(request, token);
}
