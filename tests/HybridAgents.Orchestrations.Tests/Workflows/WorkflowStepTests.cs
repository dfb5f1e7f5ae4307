using System.Text.Json;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Workflows;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Orchestrations.Workflows;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Workflows;

public sealed class WorkflowStepTests
{
    private const string Draft = """{"id":"draft","type":"agent","agent":"creative","input":"Draft {{input.topic}}"}""";

    [Fact]
    public async Task Chain_OfAgentAndTool_PassesOutputsOn()
    {
        TestTool shout = WorkflowTest.Tool("shout", text => new($$"""{"loud":"{{text!.ToUpperInvariant()}}"}"""));
        await using RunHost host = await WorkflowTest.StartAsync(tools: shout);

        string id = await host.StartAsync(
            Draft + """,{"id":"loud","type":"tool","tool":"shout","arguments":{"x":"{{steps.draft.output.text}}"}}""",
            """{"topic":"tea"}""", ""","output":{"loud":"{{steps.loud.output.data.loud}}","draft":"{{steps.draft.output.text}}"}""");
        RunView run = await host.EndOfAsync(id);

        run.Status.ShouldBe(RunStatus.Completed);
        run.Result!.Message!.Content.ShouldBe("""{"loud":"[DRAFT TEA]","draft":"[Draft tea]"}""");
        run.Workflow!.WorkflowId.ShouldBe("test");
        run.Workflow.Version.ShouldBe(3);
        run.Agent.AgentType.ShouldBe("workflow");
        run.Usage.ModelCalls.ShouldBe(1);
        run.Progress.Agents.Select(agent => (agent.Path, agent.AgentType, agent.Status)).ShouldBe([("draft", "creative", RunStatus.Completed)]);
        (await host.Runs.GetHistoryAsync(id, RunHost.Caller, default))!.Select(step => $"{step.Step} {step.Name} {step.Outcome}")
            .ShouldBe(["1/workflow/0 draft ok", "1/tool/0 agent ok", "2/workflow/0 loud ok", "2/tool/0 shout ok", "3/workflow/0  ok"]);
        (await host.MessagesAsync(id))!.Select(entry => entry.Message.Role.ToString()).ShouldBe(["Assistant", "Tool", "Assistant", "Tool", "Assistant"]);
        List<RunEvent> events = await host.EventsAsync(id);
        events.Where(entry => entry.Type == RunEventTypes.TurnStarted).Select(entry => entry.Data.GetProperty("step").GetString()).ShouldBe(["draft", "loud"]);
        events[^1].Type.ShouldBe(RunEventTypes.RunCompleted);
    }

    [Theory]
    [InlineData("""{"a":{"b":[1,2]}}""", """[2,0]""")]
    [InlineData("```json\n{\"a\":{\"b\":[1,2]}}\n```\n", """[2,0]""")]
    [InlineData("""{"a":""", """[null,null]""")]
    [InlineData("plain {{input.secret}} text", """[null,null]""")]
    public async Task Data_OfAnAnswer_IsItsJson(string answer, string expected)
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        host.Models.Script = Says(answer);

        JsonElement output = await host.OutputAsync(
            """{"id":"a","type":"agent","input":"x"},{"id":"b","type":"branch","cases":[{"when":"steps.a.output.data != null","steps":[{"id":"w","type":"wait","seconds":0}]}]}""",
            output: """["{{steps.a.output.data.a.b[1]}}","{{steps.b.output.case}}"]""");

        output.GetRawText().ShouldBe(expected);
    }

    [Theory]
    [InlineData(true, """["[1]",null,"[4]"]""")]
    [InlineData(false, """[null,"[3]","[4]"]""")]
    public async Task Next_AndBranches_LeaveStepsOut(bool first, string expected)
    {
        await using RunHost host = await WorkflowTest.StartAsync();

        JsonElement output = await host.OutputAsync(
            """
            {"id":"b","type":"branch","next":"last","cases":[{"when":"input.first","steps":[{"id":"one","type":"agent","input":"1"}]}],"else":[{"id":"three","type":"agent","input":"3"}]},
            {"id":"last","type":"agent","input":"4","next":"end"}
            """,
            $$"""{"first":{{(first ? "true" : "false")}}}""", """["{{steps.one.output.text}}","{{steps.three.output.text}}","{{steps.last.output.text}}"]""");

        output.GetRawText().ShouldBe(expected);
    }

    [Fact]
    public async Task Next_ToALaterStep_SkipsThoseBetween()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync(
            """{"id":"b","type":"branch","cases":[{"when":"true","steps":[{"id":"x","type":"branch","cases":[{"when":"false","steps":[{"id":"no","type":"agent","input":"no"}]}],"else":[{"id":"yes","type":"agent","input":"yes"}],"next":"end"}]}]},{"id":"z","type":"agent","input":"z"}""");
        RunView run = await host.EndOfAsync(id);

        run.Progress.Agents.Select(agent => agent.Path).ShouldBe(["yes", "z"]);
    }

    [Fact]
    public async Task Loop_UntilItsCondition_SeesTheRoundBefore()
    {
        await using RunHost host = await WorkflowTest.StartAsync();

        JsonElement output = await host.OutputAsync(
            """{"id":"l","type":"loop","until":"length(steps.text.output.text) > 7","steps":[{"id":"text","type":"agent","input":"{{loop.iteration}}{{steps.text.output.text}}"}]}""",
            output: """["{{steps.text.output.text}}","{{steps.l.output.iterations}}","{{steps.l.output.done}}"]""");

        output.GetRawText().ShouldBe("""["[3[2[1]]]",3,true]""");
    }

    [Theory]
    [InlineData("fail", RunStatus.Failed, "step_failed", "The step 'l' failed: its condition did not hold after 2 rounds")]
    [InlineData("continue", RunStatus.Completed, null, null)]
    public async Task Loop_ThatDoesNotEnd_IsBounded(string policy, RunStatus status, string? code, string? message)
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        RunView run = await host.EndOfAsync(await host.StartAsync(
            $$"""{"id":"l","type":"loop","until":"false","max_iterations":2,"on_limit":"{{policy}}","steps":[{"id":"a","type":"agent","input":"x"}]}"""));

        run.Status.ShouldBe(status);
        run.Error?.Code.ShouldBe(code);
        run.Error?.Message.ShouldBe(message);
        run.Usage.ModelCalls.ShouldBe(2);
    }

    [Fact]
    public async Task Loops_AroundNothing_EndWithAClearFailure()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string idle = """{"id":"b","type":"branch","cases":[{"when":"false","steps":[{"id":"a","type":"agent","input":"x"}]}]}""";
        foreach (string id in (string[])["l1", "l2", "l3"])
            idle = $$"""{"id":"{{id}}","type":"loop","until":"false","max_iterations":100,"on_limit":"continue","steps":[{{idle}}]}""";
        RunView run = await host.EndOfAsync(await host.StartAsync(idle));

        run.Error!.Message.ShouldBe("The workflow made 10000 moves without a step that does something.");
    }

    [Fact]
    public async Task Loop_OfMoreThanAGeneration_KeepsItsPlace()
    {
        TestTool count = WorkflowTest.Tool("count", text => new(text!));
        await using RunHost host = await WorkflowTest.StartAsync(tools: count);

        JsonElement output = await host.OutputAsync(
            """{"id":"l","type":"loop","until":"loop.iteration >= 30","max_iterations":40,"steps":[{"id":"c","type":"tool","tool":"count","arguments":{"x":"{{loop.iteration}}"}}]}""",
            output: """["{{steps.c.output.text}}"]""");

        output.GetRawText().ShouldBe("""["30"]""");
        count.Calls.Count.ShouldBe(30);
    }

    [Fact]
    public async Task Handoff_ByTheLastLine_GoesToWhoIsNamedWithinTheBound()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        host.Models.Script = (request, token) => Says(
            request.Messages[0].Content!.Contains("mathematician") ? "It is 4.\ntransfer_to: desk" : "I looked at it.\ntransfer_to: numbers\n")(request, token);
        const string Step = """{"id":"h","type":"handoff","input":"2 + 2?","max_handoffs":1,"agents":[{"name":"desk","agent":"general"},{"name":"numbers","agent":"math","description":"sums"}]}""";

        JsonElement output = await host.OutputAsync(Step, output: """["{{steps.h.output.text}}","{{steps.h.output.agent}}"]""");

        output.GetRawText().ShouldBe("""["It is 4.\ntransfer_to: desk","numbers"]""");
        host.Models.Sent[0].Value.Messages[0].Content!.ShouldEndWith("'transfer_to: NAME' and nothing after it; what you write before it is passed on. Otherwise answer yourself.\n- numbers: sums");
        WorkflowTest.Question(host.Models.Sent[1].Value).ShouldBe("2 + 2?\n\nHanded over by the agent before you, who said:\nI looked at it.");
        host.Models.Sent[1].Value.Messages[0].Content!.ShouldNotContain("transfer_to");
    }

    [Fact]
    public async Task Workflow_InAWorkflow_IsGivenInputsAndGivesItsOutput()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        await host.StoreAsync("inner", """{"name":"Inner","inputs":{"what":{},"n":{"type":"number","default":7}},"steps":[{"id":"a","type":"agent","input":"{{input.what}}{{input.n}}"}],"output":{"said":"{{steps.a.output.text}}"}}""");
        string id = await host.StartAsync("""{"id":"sub","type":"workflow","workflow":"inner","inputs":{"what":"{{input.topic}}"}}""", """{"topic":"tea"}""", ""","output":"{{steps.sub.output.data.said}}" """);
        RunView run = await host.EndOfAsync(id);

        run.Result!.Message!.Content.ShouldBe("[tea7]");
        run.Progress.Agents.Select(agent => agent.Path).ShouldBe(["sub", "sub/a"]);
        (await host.ViewAsync(run.Progress.Agents[0].RunId)).Workflow!.WorkflowId.ShouldBe("inner");
    }

    [Fact]
    public async Task Failure_OfAStep_FailsTheRunOrIsReadByOthers()
    {
        await using RunHost host = await WorkflowTest.StartAsync(tools: WorkflowTest.Tool("broken", _ => ToolOutput.Error("no luck")));
        RunView run = await host.EndOfAsync(await host.StartAsync("""{"id":"t","type":"tool","tool":"broken"}"""));
        run.Error!.Code.ShouldBe("step_failed");
        run.Error.Message.ShouldBe("The step 't' failed: no luck");

        JsonElement output = await host.OutputAsync("""{"id":"t","type":"tool","tool":"broken","on_error":"continue"}""", output: """["{{steps.t.error}}","{{steps.t.output}}"]""");
        output.GetRawText().ShouldBe("""["no luck",null]""");
    }

    [Fact]
    public async Task Retry_OfAFailure_IsBoundedAndStopsAtSuccess()
    {
        int calls = 0;
        TestTool flaky = WorkflowTest.Tool("flaky", _ => ++calls < 3 ? ToolOutput.Error("later") : new("now"));
        await using RunHost host = await WorkflowTest.StartAsync(tools: flaky);
        const string Step = """{"id":"t","type":"tool","tool":"flaky","retry":{"max_attempts":3,"delay_seconds":0.05,"backoff":2}}""";

        (await host.OutputAsync(Step)).GetString().ShouldBe("now");
        flaky.Calls.Count.ShouldBe(3);
        flaky.Calls.Select(call => call.IdempotencyKey).ShouldBeUnique();
        calls = -10;
        (await host.EndOfAsync(await host.StartAsync(Step))).Error!.Message.ShouldBe("The step 't' failed: later");
        flaky.Calls.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Timeout_OfAnAttempt_IsAFailureOfTheStepOnly()
    {
        TestTool slow = new("slow", async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return new("never");
        });
        await using RunHost host = await WorkflowTest.StartAsync(tools: slow);
        TaskCompletionSource reached = new();
        host.Models.Script = Hangs("", reached);

        JsonElement output = await host.OutputAsync(
            """{"id":"t","type":"tool","tool":"slow","timeout_seconds":1,"on_error":"continue"},{"id":"a","type":"agent","input":"x","timeout_seconds":1,"on_error":"continue"}""",
            output: """["{{steps.t.error}}","{{steps.a.error}}"]""");

        output[0].GetString().ShouldBe("The tool gave no answer within 1 s.");
        output[1].GetString()!.ShouldStartWith("This branch failed (run_timeout)");
    }

    [Fact]
    public async Task Tool_ThatMustNotRunTwice_IsNeverRetried()
    {
        TestTool once = WorkflowTest.Tool("once", _ => ToolOutput.Error("who knows"), ToolEffect.AtMostOnce);
        await using RunHost host = await WorkflowTest.StartAsync(tools: once);
        List<WorkflowFault> faults = [];
        JsonElement document = JsonElement.Parse("""{"name":"Test","steps":[{"id":"t","type":"tool","tool":"once","retry":{"max_attempts":3}}]}""");
        await host.Get<WorkflowResolver>().ResolveAsync(new("test", 1, document, default, default), "default", faults, CancellationToken.None);
        faults.ShouldBe([new("steps[0].retry", "is not allowed: 'once' must not run twice")]);

        // It may have become so after the workflow was made.
        RunRequest request = await host.RequestAsync("""{"id":"t","type":"tool","tool":"once"}""");
        PinnedWorkflow pinned = request.Workflow!.Plan!.Workflows["test"];
        WorkflowStep[] steps = [((ToolStep)pinned.Definition.Steps[0]) with { Retry = new() { MaxAttempts = 3 } }];
        WorkflowPlan plan = new(new Dictionary<string, PinnedWorkflow> { ["test"] = pinned with { Definition = pinned.Definition with { Steps = steps } } }, request.Workflow.Plan.Agents);
        RunView run = await host.RunAsync(request with { Workflow = request.Workflow with { Plan = plan } });

        run.Error!.Message.ShouldBe("The step 't' failed: who knows");
        once.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Tool_ThatAPersonMustAllow_IsAskedForInAWorkflowToo()
    {
        TestTool guarded = WorkflowTest.Tool("guarded", _ => new("done"));
        TestTool always = new("always") { Definition = guarded.Definition with { Name = "always", Approval = ToolApproval.Always } };
        await using RunHost host = await WorkflowTest.StartAsync(tools: always);
        string id = await host.StartAsync("""{"id":"t","type":"tool","tool":"always"}""");
        RunView asked = await host.WaitForStatusAsync(id, RunStatus.RequiresAction);

        asked.RequiredAction!.Calls.ShouldHaveSingleItem().Tool.ShouldBe("always");
        always.Calls.ShouldBeEmpty();
        await host.Runs.AnswerAsync(id, RunHost.Caller, new RunAnswer.Approval("t", false, null), default);
        (await host.EndOfAsync(id)).Error!.Message.ShouldBe("The step 't' failed: A person refused this call.");
        always.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Label_OfWhatAStepSaid_IsTheRunsFromThenOn()
    {
        await using RunHost host = await WorkflowTest.StartAsync(tools: WorkflowTest.Tool("secret", _ => new("x", Label: PrivacyLabel.LocalOnly)));
        host.Models.Models.Insert(0, Cloud("cloud:big"));

        await host.OutputAsync("""{"id":"a","type":"agent","model":"cloud:big","input":"x"},{"id":"t","type":"tool","tool":"secret"}""");
        RunView run = await host.EndOfAsync(await host.StartAsync("""{"id":"t","type":"tool","tool":"secret"},{"id":"a","type":"agent","model":"cloud:big","input":"x"}"""));

        host.Models.Sent.Count(sent => sent.Value.Model.Provider == "cloud").ShouldBe(1);
        run.Error!.Message.ShouldContain("privacy_unsatisfiable");
    }

    [Fact]
    public async Task Input_ThatIsTooLong_FailsTheStepAndNotTheServer()
    {
        await using RunHost host = await WorkflowTest.StartAsync(tools: WorkflowTest.Tool("much", _ => new(new string('x', 90_000))));
        RunView run = await host.EndOfAsync(await host.StartAsync(
            """{"id":"t","type":"tool","tool":"much"},{"id":"a","type":"agent","input":"{{steps.t.output.text}}{{steps.t.output.text}}"}"""));

        run.Error!.Message.ShouldBe("The step 'a' failed: its input has 180000 characters; at most 100000 are allowed.");
    }

    [Fact]
    public async Task Restart_OfARun_KeepsWhatItWasMadeOf_AndItCannotBeForked()
    {
        await using RunHost host = await WorkflowTest.StartAsync();
        string id = await host.StartAsync(Draft, """{"topic":"tea"}""");
        await host.EndOfAsync(id);

        RunSource source = await host.Runs.GetSourceAsync(id, RunHost.Caller, null, default);
        (await host.RunAsync(source.Request!)).Result!.Message!.Content.ShouldBe("[Draft tea]");
        (await host.Runs.GetSourceAsync(id, RunHost.Caller, 1, default)).Outcome.ShouldBe(RunSourceOutcome.Workflow);
    }
}
