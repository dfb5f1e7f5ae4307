using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests.Agents;

/// <summary>Every call gets exactly one result, whatever becomes of it.</summary>
public sealed class ToolResultTests
{
    [Fact]
    public async Task Calls_UnknownMalformedUnfittingSlowAndRepeated_EachGetOneResult()
    {
        await using WiredHost host = await WiredHost.StartAsync(tools: [new EndlessTool()]);
        host.Model.Enqueue(
            WireReply.Calls(
                new WireCall("no_such_tool", "{}"), new WireCall("calculator", "{not json"), new WireCall("calculator", """{"expr":1}"""), new WireCall("endless", "{}"),
                new WireCall("calculator", """{"expression":"1+1"}"""), new WireCall("calculator", """{"expression":"1+1"}""")),
            WireReply.Says("Done."));
        string id = await host.Client.StartAsync(RunClient.Body("Go", ""","agent_config":{"tools":["calculator","endless"]}"""));
        (await host.Client.WaitAsync(id, "completed", "failed")).GetProperty("status").GetString().ShouldBe("completed");

        JsonElement messages = (await host.Client.GetAsync($"/api/v1/agents/runs/{id}/messages")).GetProperty("messages");
        string[] lines = AgentTalk.Transcript(messages).Split('\n');
        lines[..7].ShouldBe(
        [
            "user: Go", "call: no_such_tool {}", "call: calculator {not json", """call: calculator {"expr":1}""", "call: endless {}", """call: calculator {"expression":"1+1"}""",
            """call: calculator {"expression":"1+1"}""",
        ]);
        string[] results = [.. lines.Where(static line => line.StartsWith("tool:", StringComparison.Ordinal))];
        results.Length.ShouldBe(6);
        results[0].ShouldContain("no_such_tool");
        results[1].ShouldContain("JSON");
        results[2].ShouldContain("expr");
        results[3].ShouldBe("tool: The tool gave no answer within 1 s.");
        results[4..].ShouldBe(["tool: 2", "tool: 2"]);
        lines[^1].ShouldBe("assistant: Done.");
    }

    private sealed class EndlessTool : ITool
    {
        public ToolDefinition Definition { get; } = new()
        {
            Name = "endless",
            Description = "Never ends.",
            Parameters = JsonElement.Parse("""{"type":"object","properties":{}}"""),
            Timeout = TimeSpan.FromSeconds(1),
        };

        public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new("never");
        }
    }
}
