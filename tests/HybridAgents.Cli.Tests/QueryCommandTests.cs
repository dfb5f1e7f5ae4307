using System.Text.Json.Nodes;
using HybridAgents.Cli.Tests.Support;

namespace HybridAgents.Cli.Tests;

public sealed class QueryCommandTests : CliTest
{
    [Fact]
    public async Task Status_Failed_ShowsItAndExitsWithZero()
    {
        Server.Status = WireServer.Failed("budget_exceeded", "All is spent.");

        ProcessResult result = await HybridAsync("status", WireServer.RunId);

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("error      budget_exceeded: All is spent.");
    }

    [Fact]
    public async Task Status_Wait_PrintsTheAnswerAndExitsAsTheRun()
    {
        ProcessResult completed = await HybridAsync("status", WireServer.RunId, "--wait");
        Server.Status = WireServer.Failed("provider_error", "Nobody answers.");
        ProcessResult failed = await HybridAsync("status", WireServer.RunId, "--wait");

        (completed.ExitCode, completed.Output).ShouldBe((0, "42\n"));
        (failed.ExitCode, failed.Output).ShouldBe((5, ""));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_BrokenStream_PrintsEachEventOnce(bool reset)
    {
        Server.CutsByReset = reset;
        Server.Cuts = [1, 0, 3];
        for (int number = 1; number <= 7; number++)
            Server.AddDelta($"{number}");
        Server.Add("run.completed");

        ProcessResult result = await HybridAsync("events", WireServer.RunId, "--after", "1", "--follow", "--json");

        result.ExitCode.ShouldBe(0);
        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!["sequence"]!.GetValue<int>())
            .ShouldBe(Enumerable.Range(2, 7));
    }

    [Fact]
    public async Task Events_WithoutFollow_StopsAtTheNewest()
    {
        Server.BeforeLast = new TaskCompletionSource().Task;
        Server.Status = new() { ["status"] = "in_progress", ["last_event"] = 2 };
        Server.AddDelta("a").AddDelta("b").AddDelta("c");

        ProcessResult result = await HybridAsync("events", WireServer.RunId);

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldBe("""
                1  2026-01-01T00:00:00Z  message.delta         message_id="m1" attempt=1 index=0 delta="a"
                2  2026-01-01T00:00:00Z  message.delta         message_id="m1" attempt=1 index=0 delta="b"

            """);
    }

    [Fact]
    public async Task Cancel_ReasonAndForce_AreSent()
    {
        Server.Status = new() { ["status"] = "cancelling" };

        ProcessResult result = await HybridAsync("cancel", WireServer.RunId, "--reason", "too slow", "--force");

        (result.ExitCode, result.Output).ShouldBe((0, $"{WireServer.RunId}  cancelling\n"));
        Server.Requests.Single().Body!.ToJsonString().ShouldBe("""{"reason":"too slow","force":true}""");
    }

    [Fact]
    public async Task List_Page_IsAlignedAndNamesTheNextCursor()
    {
        Server.Page = JsonNode.Parse("""
            {"runs":[{"run_id":"run_A","status":"completed","agent":{"agent_type":"general"},"created_at":0,"progress":{"turn":2},"usage":{"total_tokens":17}}],"cursor":"next one"}
            """)!.AsObject();

        ProcessResult result = await HybridAsync("list", "--status", "completed", "--limit", "1", "--cursor", "a&b");

        result.Output.ShouldBe("""
            RUN    STATUS     AGENT    CREATED               TURN  TOKENS
            run_A  completed  general  1970-01-01 00:00:00Z  2     17

            """);
        result.Error.ShouldContain("--cursor next one");
        Server.Requests.Single().Line.ShouldBe("GET /api/v1/agents/runs?limit=1&status=completed&cursor=a%26b");
    }
}
