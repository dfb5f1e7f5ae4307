using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using HybridAgents.Cli.Tests.Support;

namespace HybridAgents.Cli.Tests;

/// <summary>Workflows in files, on the host that the command brings along.</summary>
public sealed class WorkflowCommandTests : IDisposable
{
    private const string Sum = """
        {"id":"sum","name":"Sum","inputs":{"a":{"type":"number"}},
         "steps":[{"id":"add","type":"tool","tool":"calculator","arguments":{"expression":"{{input.a}} + 1"}}],"output":"The sum is {{steps.add.output.text}}."}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _address = $"http://127.0.0.1:{FreePort()}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Workflow_InAFile_IsCheckedDrawnAndRunTwice()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "sum.json"), Sum);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "inputs.json"), """{"inputs":{"a":41}}""");

        ProcessResult valid = await HybridAsync("workflow", "validate", "sum.json");
        ProcessResult graph = await HybridAsync("workflow", "graph", "sum.json");
        ProcessResult run = await HybridAsync("workflow", "run", "sum.json", "--inputs", "@inputs.json");
        ProcessResult again = await HybridAsync("workflow", "run", "sum.json", "--inputs", """{"a":1}""", "--json");

        (valid.ExitCode, valid.Output).ShouldBe((0, "valid: 1 steps\n"), valid.Error);
        graph.Output.ShouldStartWith("flowchart TD\n");
        (run.ExitCode, run.Output).ShouldBe((0, "The sum is 42.\n"), run.Error);
        JsonNode document = JsonNode.Parse(again.Output)!;
        document["workflow"]!["version"]!.GetValue<int>().ShouldBe(1);
        document["result"]!["message"]!["content"]!.GetValue<string>().ShouldBe("The sum is 2.");
    }

    [Fact]
    public async Task Workflow_UnknownOption_PointsToTheCommandsOwnHelp()
    {
        ProcessResult result = await HybridAsync("workflow", "run", "sum.json", "--input", "x");

        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("See: hybrid workflow run --help");
    }

    [Fact]
    public async Task Workflow_ThatIsWrong_IsAUsageFault()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "wrong.json"), Sum.Replace("calculator", "teleport", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "broken.json"), "{");

        ProcessResult unknown = await HybridAsync("workflow", "validate", "wrong.json");
        ProcessResult broken = await HybridAsync("workflow", "run", "broken.json");
        ProcessResult absent = await HybridAsync("workflow", "graph", "absent.json");

        new[] { unknown.ExitCode, broken.ExitCode, absent.ExitCode }.ShouldBe([2, 2, 2]);
        unknown.Error.ShouldContain("steps[0].tool: names no tool of this server: 'teleport'");
        broken.Error.ShouldContain("The workflow is not JSON");
        absent.Error.ShouldContain("cannot be read");
    }

    private Task<ProcessResult> HybridAsync(params string[] args) =>
        HybridProcess.RunAsync(_folder.Path, new Dictionary<string, string> { ["HYBRID_SERVER"] = _address }, null, args);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
