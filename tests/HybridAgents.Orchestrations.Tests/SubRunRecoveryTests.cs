using System.Collections.Concurrent;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

public sealed class SubRunRecoveryTests
{
    private static readonly string[] All =
        ["root 0", "alpha 0", "first", "alpha 1", "root 1", "beta 0", "second", "beta 1", "root 2"];

    public static TheoryData<string> Effects => [.. All];

    /// <summary>Crashes while the n-th effect is under way, in the root or below it: those before it are done once, it is done again, the run completes.</summary>
    [Theory]
    [MemberData(nameof(Effects))]
    public async Task Crash_DuringAnyStep_RepeatsThatStepAndNoOther(string crashAt)
    {
        ConcurrentQueue<string> effects = new();
        TaskCompletionSource reached = new();
        TestTool first = new("first", (_, token) => EffectAsync("first", token)), second = new("second", (_, token) => EffectAsync("second", token));
        await using RunHost host = await RunHost.StartAsync(first, second);
        host.Models.Script = (request, token) =>
        {
            string who = Who(request);
            string effect = $"{who} {Turn(request)}";
            return HasToStop(effect) ? Hangs("", reached)(request, token) : Script(who)(request, token);
        };
        string id = await host.StartRunAsync(Coordinator());
        await reached.Task.WaitAsync(RunHost.Patience);
        await DurableAsync(host, id, crashAt);
        await host.CrashAsync();
        List<RunEvent> events = await host.EventsAsync(id);
        RunView run = await host.ViewAsync(id);

        run.Status.ShouldBe(RunStatus.Completed);
        effects.ShouldBe(All.SelectMany(effect => effect == crashAt ? [effect, effect] : new[] { effect }));
        events.Select(entry => entry.Sequence).ShouldBe(Enumerable.Range(1, events.Count).Select(number => (long)number));
        events.Count(entry => entry.Type == RunEventTypes.AgentStarted).ShouldBe(2);
        events.Count(entry => entry.Type == RunEventTypes.AgentCompleted).ShouldBe(2);
        run.Progress.Agents.Select(agent => (agent.Path, agent.Status)).ShouldBe([("alpha", RunStatus.Completed), ("beta", RunStatus.Completed)]);
        (await host.MessagesAsync(id))!.Count.ShouldBe(6);

        async Task<ToolOutput> EffectAsync(string name, CancellationToken token)
        {
            if (HasToStop(name))
            {
                reached.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            return new("ok");
        }

        bool HasToStop(string effect)
        {
            bool firstTime = !effects.Contains(effect);
            effects.Enqueue(effect);
            return effect == crashAt && firstTime;
        }
    }

    [Fact]
    public async Task Crash_WhileOneBranchRuns_KeepsTheAnswerOfTheOther()
    {
        ConcurrentQueue<string> effects = new();
        TaskCompletionSource reached = new();
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Script = (request, token) =>
        {
            string who = Who(request);
            bool again = effects.Contains(who);
            effects.Enqueue(who);
            return who switch
            {
                "alpha" => Says("Yes.")(request, token),
                "beta" => again ? Says("No.")(request, token) : Hangs("", reached)(request, token),
                _ => ByTurn(Calls(("parallel_processing", """{"task":"Go","subsystems":["alpha","beta"]}""")), Says("Done."))(request, token),
            };
        };
        string id = await host.StartRunAsync(Coordinator());
        await host.EventsAsync(id, until: RunEventTypes.AgentCompleted);
        await reached.Task.WaitAsync(RunHost.Patience);
        await DurableAsync(host, id, "beta 0");
        await host.CrashAsync();
        RunView run = await host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Completed);
        effects.Count(who => who == "alpha").ShouldBe(1);
        (await host.MessagesAsync(id))![2].Message.Content.ShouldBe("## alpha (finds facts)\n\nYes.\n\n## beta (doubts)\n\nNo.");
    }

    /// <summary>A model call may begin before its step is on disk: a crash in between leaves no trace of it.</summary>
    private static async Task DurableAsync(RunHost host, string id, string effect)
    {
        if (effect.Split(' ') is not [string who, string turn])
            return;
        string runId = id;
        while (who != "root")
        {
            if ((await host.ViewAsync(id)).Progress.Agents.FirstOrDefault(agent => agent.Agent == who) is not { } found)
                continue;
            runId = found.RunId;
            break;
        }

        long after = 0;
        for (int seen = int.Parse(turn, System.Globalization.CultureInfo.InvariantCulture); seen >= 0; seen--)
            after = (await host.EventsAsync(runId, until: RunEventTypes.ModelStarted, startingAfter: after))[^1].Sequence;
    }

    private static ModelScript Script(string who) => who switch
    {
        "alpha" => ByTurn(Calls(("first", "{}")), Says("Facts.")),
        "beta" => ByTurn(Calls(("second", "{}")), Says("Doubts.")),
        _ => ByTurn(
            Calls(("route_to_subsystem", """{"subsystem":"alpha","task":"Go"}""")), Calls(("route_to_subsystem", """{"subsystem":"beta","task":"Go"}""")), Says("Done.")),
    };

    private static RunRequest Coordinator() => RunHost.Ask("Go") with
    {
        Agent = new() { Instructions = "I am root", SubAgents = [Member("alpha", "finds facts", "first"), Member("beta", "doubts", "second")] },
    };

    private static SubAgent Member(string name, string role, string tool) => new(name, role, new() { Instructions = $"I am {name}", Tools = [tool] });

    private static string Who(Core.Models.ModelRequest request) => new[] { "alpha", "beta", "root" }.First(name => request.Messages[0].Content!.Contains($"I am {name}"));
}
