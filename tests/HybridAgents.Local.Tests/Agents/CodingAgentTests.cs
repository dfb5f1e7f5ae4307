using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests.Agents;

/// <summary>Running code, where it is turned on: a process beside the host.</summary>
public sealed class CodingAgentTests
{
    private static readonly string[] TurnedOn = ["--Tools:RunCode:Enabled", "true"];

    [Fact]
    public async Task Coding_CodeIsTurnedOn_RunsItAndReadsTheResult()
    {
        await using WiredHost host = await WiredHost.StartAsync(TurnedOn);
        host.Model.Enqueue(
            WireReply.Calls("run_code", """{"code":"var all = []; for (let i = 1; i < 6; i++) all.push(i * i); console.log('squares'); all"}"""),
            WireReply.Says("They are 1, 4, 9, 16 and 25."));
        string id = await host.Client.StartAsync(RunClient.Body("Which are the first squares?", ""","agent_config":{"agent_type":"coding"}"""));
        await host.Client.WaitAsync(id, "completed", "failed");

        JsonElement messages = (await host.Client.GetAsync($"/api/v1/agents/runs/{id}/messages")).GetProperty("messages");
        AgentTalk.Transcript(messages).ShouldEndWith("tool: squares\nResult: [1,4,9,16,25]\nassistant: They are 1, 4, 9, 16 and 25.");
    }

    [Fact]
    public async Task Coding_CodeIsTurnedOff_IsNotOfferedIt()
    {
        await using WiredHost host = await WiredHost.StartAsync();
        string id = await host.Client.StartAsync(RunClient.Body("Which are the first squares?", ""","agent_config":{"agent_type":"coding"}"""));
        await host.Client.WaitAsync(id, "completed", "failed");

        host.Model.Requests.Single(static request => request.Path.EndsWith("/chat/completions", StringComparison.Ordinal)).Body.ShouldNotContain("run_code");
        using HttpResponseMessage answer = await host.Client.PostAsync("/api/v1/tools/execute", """{"name":"run_code","arguments":{"code":"1"}}""");
        ((int)answer.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Execute_PrivateCode_RunsHere()
    {
        await using WiredHost host = await WiredHost.StartAsync([.. TurnedOn, "--Privacy:Terms:0", "zanzibar"]);
        using HttpResponseMessage answer = await host.Client.PostAsync("/api/v1/tools/execute", """{"name":"run_code","arguments":{"code":"'zanzibar'.length"}}""");
        JsonElement view = JsonElement.Parse(await answer.Content.ReadAsStringAsync());

        view.GetProperty("result").GetString().ShouldBe("Result: 8");
        view.GetProperty("is_error").GetBoolean().ShouldBeFalse();
        view.GetProperty("cached").GetBoolean().ShouldBeFalse();
    }
}
