using System.Globalization;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>Random runs with calls of every kind, good and bad: in each transcript, and in all that models are sent, calls stand right before their results, and each has exactly one.</summary>
public sealed class TranscriptPropertyTests
{
    private const int Runs = 30;

    private static readonly string[] Names = ["works", "works", "in_order", "throws", "hangs", "guarded", "ask_user", "route_to_subsystem", "no_such_tool"];
    private static readonly string[] Arguments = ["{}", """{"x":1}""", """{"x":"not a number"}""", """{"subsystem":"helper","task":"Go"}""", "{broken", ""];
    private static readonly string[] Ids = ["same", "same", "", "with/slash", new('x', 100), "fine_1", "fine_2"];

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task Run_AnyCalls_EachHasOneResultRightBehindIt(int seed, bool crash)
    {
        Random random = new(seed);
        List<ToolCall>[][] plans = [.. Enumerable.Range(0, Runs).Select(_ => Plan(random))];
        await using RunHost host = await RunHost.StartAsync(Tools());
        host.Models.Script = (request, token) => Script(plans, request)(request, token);
        List<string> ids = [];
        for (int number = 0; number < Runs; number++)
            ids.Add(await host.StartRunAsync(Ask(number, parallel: random.Next(2) == 0)));
        if (crash)
            await host.CrashAsync();
        await Task.WhenAll(ids.Select((id, number) => AnswerAsync(host, id, number)));

        foreach (string id in ids)
        {
            RunView run = await host.ViewAsync(id);
            run.Status.ShouldBe(RunStatus.Completed, run.Error?.ToString());
            List<Message> messages = [.. (await host.MessagesAsync(id))!.Select(static entry => entry.Message)];
            ShouldBeWhole(messages);
            (await host.EventsAsync(id)).Where(static entry => entry.Type == RunEventTypes.ToolCompleted).Select(static entry => entry.Data.GetProperty("call_id").GetString())
                .ShouldBe(messages.SelectMany(static message => message.ToolCalls ?? []).Select(static call => call.Id), ignoreOrder: true);
        }

        host.Models.Sent.Count.ShouldBeGreaterThan(Runs);
        foreach (Core.Privacy.Cleared<ModelRequest> sent in host.Models.Sent)
            ShouldBeWhole([.. sent.Value.Messages]);
    }

    private static void ShouldBeWhole(List<Message> messages)
    {
        HashSet<string> known = [];
        Queue<string> open = [];
        foreach (Message message in messages)
        {
            if (message.Role == MessageRole.Tool)
                message.ToolCallId.ShouldBe(open.Dequeue(), "results come in the order of their calls");
            else
                open.ShouldBeEmpty("every call has its result before anybody speaks again");
            foreach (ToolCall call in message.ToolCalls ?? [])
            {
                known.Add(call.Id).ShouldBeTrue("no id is used twice");
                open.Enqueue(call.Id);
            }
        }

        open.ShouldBeEmpty();
    }

    private static List<ToolCall>[] Plan(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Enumerable.Range(0, random.Next(1, 5)).Select(_ => new ToolCall(Any(random, Ids), Any(random, Names), Any(random, Arguments))).ToList())];

    private static string Any(Random random, string[] items) => items[random.Next(items.Length)];

    private static ITool[] Tools() =>
    [
        new TestTool("works"),
        new TestTool("in_order") { Definition = TestTool.Define("in_order") with { Sequential = true } },
        new TestTool("throws", (_, _) => throw new InvalidOperationException("thrown on purpose")),
        new TestTool("hangs", async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return new("never");
        })
        { Definition = TestTool.Define("hangs") with { Timeout = TimeSpan.FromSeconds(1) } },
        new TestTool("guarded") { Definition = TestTool.Define("guarded") with { Approval = ToolApproval.Always } },
    ];

    private static RunRequest Ask(int number, bool parallel) => RunHost.Ask($"run {number.ToString(CultureInfo.InvariantCulture)}") with
    {
        Agent = new()
        {
            AgentType = "meta",
            Tools = ["works", "in_order", "throws", "hangs", "guarded"],
            ClientTools = [new("ask_user", "Asks.", TestTool.Define("ask_user").Parameters)],
            SubAgents = [new("helper", "helps", new() { AgentType = "general", Instructions = "You are the helper" })],
            ParallelTools = parallel,
        },
    };

    /// <summary>The helper answers at once; a coordinator makes the calls of its plan, turn by turn.</summary>
    private static ModelScript Script(List<ToolCall>[][] plans, ModelRequest request)
    {
        string asked = request.Messages.First(static message => message.Role == MessageRole.User).Content!;
        if (!asked.StartsWith("run ", StringComparison.Ordinal))
            return Says("Helped.");
        List<ToolCall>[] plan = plans[int.Parse(asked.AsSpan("run ".Length), CultureInfo.InvariantCulture)];
        int turn = Turn(request);
        return turn >= plan.Length ? Says("Done.") : Asks(plan[turn]);
    }

    /// <summary>Answers whatever the run asks, by its number, until it ends.</summary>
    private static async Task AnswerAsync(RunHost host, string id, int number)
    {
        using CancellationTokenSource patience = new(RunHost.Patience);
        await foreach (RunEvent entry in host.Runs.WatchAsync(id, RunHost.Caller, 0, patience.Token))
        {
            if (entry.Type != RunEventTypes.ActionRequired)
                continue;
            foreach (RequiredCallView call in (await host.ViewAsync(id)).RequiredAction?.Calls ?? [])
            {
                RunAnswer answer = call.Tool == "guarded" ? new RunAnswer.Approval(call.CallId, number % 2 == 0, null) : new RunAnswer.ToolOutput(call.CallId, "told", number % 3 == 0);
                (await host.Runs.AnswerAsync(id, RunHost.Caller, answer, patience.Token)).ShouldBe(AnswerResult.Accepted);
            }
        }
    }
}
