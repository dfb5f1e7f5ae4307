using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Workflows;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.Orchestrations.Workflows;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Workflows;

/// <summary>Runs of workflows on a host whose model answers <c>[question]</c>.</summary>
internal static class WorkflowTest
{
    /// <summary>Answers every question with it, in brackets.</summary>
    public static ModelScript Echo { get; } = (request, token) => Says($"[{Question(request)}]")(request, token);

    public static string Question(ModelRequest request) => request.Messages.Last(message => message.Role == MessageRole.User).Content!;

    public static async Task<RunHost> StartAsync(TimeProvider? time = null, params ITool[] tools)
    {
        RunHost host = await RunHost.StartAsync(time, tools);
        host.Models.Script = Echo;
        return host;
    }

    /// <summary>A tool with a free argument <c>x</c> that answers what <paramref name="answer"/> makes of it.</summary>
    public static TestTool Tool(string name, Func<string?, ToolOutput> answer, ToolEffect effect = ToolEffect.Pure) =>
        new(name, (call, _) => Task.FromResult(answer(call.Arguments.TryGetProperty("x", out JsonElement x) ? x.ToString() : null)))
        {
            Definition = TestTool.Define(name) with { Effect = effect, Parameters = JsonElement.Parse("""{"type":"object"}""") },
        };

    /// <summary>The request for a run of a workflow that is right.</summary>
    public static async Task<RunRequest> RequestAsync(this RunHost host, string steps, string inputs = "{}", string? rest = null)
    {
        JsonElement given = JsonElement.Parse(inputs);
        string declared = string.Join(',', given.EnumerateObject().Select(input => $$"""
            "{{input.Name}}":{"type":"{{(input.Value.ValueKind switch { JsonValueKind.Array => "array", JsonValueKind.Number => "number", JsonValueKind.Object => "object", JsonValueKind.String => "string", _ => "boolean" })}}"}
            """));
        JsonElement document = JsonElement.Parse($$"""{"name":"Test","inputs":{{{declared}}},"steps":[{{steps}}]{{rest}}}""");
        List<WorkflowFault> faults = [];
        WorkflowDefinition workflow = WorkflowSchema.Read(document, faults)!;
        faults.ShouldBeEmpty();
        faults.AddRange(WorkflowCheck.Check(workflow));
        WorkflowPlan plan = await host.Get<WorkflowResolver>().ResolveAsync(new("test", 3, document, default, default), "default", faults, CancellationToken.None);
        faults.ShouldBeEmpty();
        return new()
        {
            Agent = new() { AgentType = WorkflowTask.AgentType, MaxTurns = WorkflowTask.MaxTurns },
            Messages = [],
            Workflow = new() { WorkflowId = "test", Version = 3, Inputs = WorkflowCheck.ReadInputs(workflow, given, faults), Plan = plan },
        };
    }

    public static async Task<string> StartAsync(this RunHost host, string steps, string inputs = "{}", string? rest = null) =>
        await host.StartRunAsync(await host.RequestAsync(steps, inputs, rest));

    /// <summary>Runs to the end and gives the output.</summary>
    public static async Task<JsonElement> OutputAsync(this RunHost host, string steps, string inputs = "{}", string? output = null)
    {
        RunView run = await host.EndOfAsync(await host.StartAsync(steps, inputs, output is null ? null : $",\"output\":{output}"));
        run.Status.ShouldBe(RunStatus.Completed, run.Error?.Message);
        string text = run.Result!.Message!.Content!;
        return output is null ? JsonSerializer.SerializeToElement(text) : JsonElement.Parse(text);
    }

    /// <summary>Stores a workflow for others to name.</summary>
    public static async Task StoreAsync(this RunHost host, string id, string document) =>
        (await host.Get<WorkflowStore>().AddAsync(id, JsonElement.Parse(document), "default", CancellationToken.None)).Workflow.ShouldNotBeNull();

    public static ITable Rows(this RunHost host) => host.Get<ITableStore>().GetTable("runs");
}
