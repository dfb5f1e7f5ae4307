using System.Net;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests.Mcp;

/// <summary>An MCP server that the host starts, with the official SDK for Node: over real HTTP and pipes.</summary>
public sealed class McpProgramTests : IAsyncLifetime
{
    private McpNode _node = null!;
    private WiredHost _host = null!;

    public async Task InitializeAsync()
    {
        _node = await McpNode.StartAsync();
        _host = await WiredHost.StartAsync(_node.AsProgram());
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [McpNodeFact]
    public async Task Tools_OfAProgram_AreListedUnderOurNamesAndCalled()
    {
        Dictionary<string, string?> effects = (await _host.Client.GetAsync("/api/v1/tools")).GetProperty("tools").EnumerateArray()
            .Where(static tool => tool.GetProperty("source").GetString() == "mcp:notes")
            .ToDictionary(static tool => tool.GetProperty("name").GetString()!, static tool => tool.GetProperty("effect").GetString());
        effects["notes_echo"].ShouldBe("idempotent");
        effects["notes_add_note"].ShouldBe("at_most_once");
        (await RunAsync("notes_echo", """{"text":"hi"}""")).ShouldBe("echo: hi");
        (await RunAsync("notes_fail", "{}")).ShouldBe("No such note.");
        (await RunAsync("notes_echo", """{"text":1}""")).ShouldContain("do not fit the tool's schema");
        JsonElement server = (await _host.Client.GetAsync("/api/v1/tools/mcp-servers")).GetProperty("servers")[0];
        (server.GetProperty("name").GetString(), server.GetProperty("transport").GetString(), server.GetProperty("connected").GetBoolean(), server.GetProperty("configured").GetBoolean())
            .ShouldBe(("notes", "stdio", true, true));
    }

    [McpNodeFact]
    public async Task Program_Started_SeesNothingOfTheHostsEnvironment()
    {
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH").ShouldNotBeNull(); // The test runner's own; it stands for any secret.
        string names = await RunAsync("notes_environment", "{}");

        names.Split(' ').ShouldContain("SIGNALS");
        names.ShouldNotContain("DOTNET");
    }

    [McpNodeFact]
    public async Task ToolList_Changed_IsReadAgain()
    {
        (await _host.Client.GetAsync("/api/v1/tools")).GetRawText().ShouldNotContain("notes_late");
        await RunAsync("notes_grow", "{}");
        (await RunAsync("notes_late", "{}")).ShouldBe("late but here");
    }

    [McpNodeFact]
    public async Task Run_Cancelled_CancelsTheCallAtTheServer()
    {
        string run = await StartAsync("notes_slow", "{}");
        await _node.HeardAsync("started");
        using HttpResponseMessage answer = await _host.Client.PostAsync($"/api/v1/agents/cancel/{run}", "{}");
        await _node.HeardAsync("cancelled");
        (await _host.Client.WaitAsync(run, "cancelled")).GetProperty("status").GetString().ShouldBe("cancelled");
    }

    [McpNodeFact]
    public async Task Program_DiesInACall_IsToldAndStartedAgain()
    {
        (await RunAsync("notes_die", "{}")).ShouldBe("The connection to the MCP server 'notes' broke. The call may have taken effect.");
        (await RunAsync("notes_add_note", """{"text":"again"}""")).ShouldBe("Noted.");
        _node.Unheard().ShouldBe(["noted/again"]);
    }

    [McpNodeFact]
    public async Task Answer_ThatIsLong_IsShortened()
    {
        string told = await RunAsync("notes_big", """{"length":3000000}""");
        told.Length.ShouldBeLessThan(17_000);
        told.ShouldEndWith("bytes]");
    }

    [McpNodeFact]
    public async Task PrivateText_IsNotSent()
    {
        using HttpResponseMessage answer = await _host.Client.PostAsync("/api/v1/tools/execute", """{"name":"notes_add_note","arguments":{"text":"my password is hunter2"}}""");
        JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("result").GetString()!.ShouldStartWith("privacy_blocked");
        _node.Unheard().ShouldBeEmpty();
    }

    [McpNodeFact]
    public async Task TrustedServer_GetsPrivateText_AndApprovalIsAskedFor()
    {
        await using WiredHost host = await WiredHost.StartAsync(_node.AsProgram("--Tools:Mcp:notes:Trusted", "true", "--Tools:Mcp:notes:Approval", "Always", "--Providers:OpenAI:Trusted", "true"));
        host.Model.Enqueue(WireReply.Calls("notes_add_note", """{"text":"my password is hunter2"}"""), WireReply.Says("Done."));
        string run = await host.Client.StartAsync(RunClient.Body("Go", ""","agent_config":{"tools":["notes_add_note"]}"""));
        string call = (await host.Client.WaitAsync(run, "requires_action")).GetProperty("required_action").GetProperty("calls")[0].GetProperty("call_id").GetString()!;
        _node.Unheard().ShouldBeEmpty();
        using HttpResponseMessage approved = await host.Client.PostAsync($"/api/v1/agents/runs/{run}/approvals/{call}", """{"decision":"approve"}""");
        await _node.HeardAsync("noted/my password is hunter2");
        await host.Client.WaitAsync(run, "completed");
    }

    [Fact]
    public async Task Program_ThatCannotBeStarted_HoldsNobodyUp()
    {
        await using WiredHost host = await WiredHost.StartAsync(["--Tools:Mcp:gone:Command", "no-such-program-anywhere"]);
        JsonElement server = (await host.Client.GetAsync("/api/v1/tools/mcp-servers")).GetProperty("servers")[0];
        server.GetProperty("connected").GetBoolean().ShouldBeFalse();
        server.GetProperty("error").GetString()!.ShouldContain("could not be reached");
        using HttpResponseMessage refused = await host.Client.PostAsync("/api/v1/agents/run", RunClient.Body("Go", ""","agent_config":{"tools":["gone_tool"]}"""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>A run whose model calls the tool; gives what the model was told.</summary>
    private async Task<string> RunAsync(string tool, string arguments)
    {
        string run = await StartAsync(tool, arguments);
        await _host.Client.WaitAsync(run, "completed");
        return (await _host.Client.GetAsync($"/api/v1/agents/runs/{run}/messages")).GetProperty("messages")[2].GetProperty("message").GetProperty("content").GetString()!;
    }

    private Task<string> StartAsync(string tool, string arguments)
    {
        _host.Model.Enqueue(WireReply.Calls(tool, arguments), WireReply.Says("Done."));
        return _host.Client.StartAsync(RunClient.Body("Go", $$""","agent_config":{"tools":["{{tool}}"]}"""));
    }
}
