using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.WireServers;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace HybridAgents.Local.Tests.Mcp;

/// <summary>The server at /mcp, with the official clients for Node and .NET.</summary>
public sealed class McpEndpointTests : IAsyncLifetime
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    private WiredHost _host = null!;

    private Uri Endpoint => new(_host.Client.Http.BaseAddress!, "/mcp");

    public async Task InitializeAsync() => _host = await WiredHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [McpNodeFact]
    public async Task NodeClient_ListsAgentsAndAsksOne()
    {
        _host.Model.Enqueue(WireReply.Calls("calculator", """{"expression":"6*7"}"""), WireReply.Says("It is 42."));
        JsonElement seen = await McpNode.Package.RunAsync("client.mjs", [], ("URL", Endpoint.ToString()), ("KEY", _host.Client.Http.DefaultRequestHeaders.Authorization!.Parameter!));

        seen.GetProperty("server").GetString().ShouldBe("HybridAgents");
        seen.GetProperty("tools").EnumerateArray().Select(static tool => tool.GetString()).ShouldContain("research");
        seen.GetProperty("schema").GetProperty("required").GetRawText().ShouldBe("""["message"]""");
        seen.GetProperty("answer").GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("It is 42.");
        string run = seen.GetProperty("answer").GetProperty("_meta").GetProperty("hybridagents/run_id").GetString()!;
        (await _host.Client.GetAsync($"/api/v1/agents/status/{run}")).GetProperty("status").GetString().ShouldBe("completed");
        string[] progress = [.. seen.GetProperty("progress").EnumerateArray().Select(static step => step.GetString()!)];
        progress[0].ShouldBe($"Run {run}");
        progress.ShouldContain("Running calculator");
        seen.GetProperty("refused").GetProperty("code").GetInt32().ShouldBe((int)McpErrorCode.InvalidParams);
        seen.GetProperty("failures").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task DotNetClient_AsksAnAgentOfTheCallers()
    {
        using HttpResponseMessage made = await _host.Client.PostAsync("/api/v1/agents", """{"agent_id":"pirate","name":"Pirate","system_prompt":"Talk like a pirate.","tools":[]}""");
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        _host.Model.Enqueue(WireReply.Says("Arr."));
        await using McpClient client = await ConnectAsync();
        (await client.ListToolsAsync()).Select(static tool => tool.Name).ShouldContain("pirate");
        CallToolResult answer = await client.CallToolAsync("pirate", Asking("Hello?"));

        answer.IsError.ShouldNotBe(true);
        Text(answer).ShouldBe("Arr.");
        _host.Model.Requests[0].Body.ShouldContain("Talk like a pirate.");
    }

    [Fact]
    public async Task Run_ThatWaitsForAPerson_IsAnErrorThatNamesIt()
    {
        _host.Model.Enqueue(WireReply.Calls("delete_task", """{"task_id":"task_0"}"""), WireReply.Says("Done."));
        using HttpResponseMessage made = await _host.Client.PostAsync("/api/v1/agents", """{"agent_id":"cleaner","name":"Cleaner","tools":["delete_task"]}""");
        await using McpClient client = await ConnectAsync();
        CallToolResult answer = await client.CallToolAsync("cleaner", Asking("Clean up"));

        answer.IsError.ShouldBe(true);
        Text(answer).ShouldContain("waits for an answer (approval: delete_task)");
        string run = answer.Meta!["hybridagents/run_id"]!.GetValue<string>();
        (await _host.Client.GetAsync($"/api/v1/agents/status/{run}")).GetProperty("status").GetString().ShouldBe("requires_action");
    }

    [Fact]
    public async Task Run_ThatFails_IsAnError()
    {
        _host.Model.Respond = static _ => WireReply.Refuses(400, "no");
        await using McpClient client = await ConnectAsync();
        CallToolResult answer = await client.CallToolAsync("general", Asking("Hello?"));

        answer.IsError.ShouldBe(true);
        Text(answer).ShouldContain("is failed:");
    }

    [Fact]
    public async Task Call_CancelledByTheClient_CancelsTheRun()
    {
        _host.Model.Enqueue(WireReply.Says("Never", " said.").StallAfter(1));
        await using McpClient client = await ConnectAsync();
        using CancellationTokenSource cancel = new();
        Task<CallToolResult> call = client.CallToolAsync("general", Asking("Hello?"), cancellationToken: cancel.Token).AsTask();
        WireRequest asked = await _host.Model.NextRequestAsync();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        await asked.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
        string run = (await _host.Client.GetAsync("/api/v1/agents/runs")).GetProperty("runs")[0].GetProperty("run_id").GetString()!;
        await _host.Client.WaitAsync(run, "cancelled");
    }

    [Theory]
    [InlineData("nobody", "Hello?")]
    [InlineData("general", "")]
    public async Task Call_OfNobodyOrWithoutAMessage_IsRefused(string agent, string message)
    {
        await using McpClient client = await ConnectAsync();
        (await Should.ThrowAsync<McpProtocolException>(async () => await client.CallToolAsync(agent, Asking(message)))).ErrorCode.ShouldBe(McpErrorCode.InvalidParams);
        _host.Model.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:5173", HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.OK)]
    public async Task Origin_OfAnotherSite_IsRefused(string? origin, HttpStatusCode status) => (await PostAsync(Ping, origin)).ShouldBe(status);

    [Fact]
    public async Task Mcp_WhatIsNotAMessageOrHasNoKey_IsRefused()
    {
        (await PostAsync("no json")).ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync("[]")).ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""")).ShouldBe(HttpStatusCode.Accepted);
        (await _host.Client.Http.GetAsync(Endpoint)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        using HttpClient anonymous = new();
        (await anonymous.PostAsync(Endpoint, new StringContent(Ping, Encoding.UTF8, "application/json"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static Dictionary<string, object?> Asking(string message) => new() { ["message"] = message };

    private static string Text(CallToolResult answer) => answer.Content.OfType<TextContentBlock>().Single().Text;

    private Task<McpClient> ConnectAsync() => McpClient.CreateAsync(new HttpClientTransport(new()
    {
        Endpoint = Endpoint,
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = _host.Client.Http.DefaultRequestHeaders.Authorization!.ToString() },
    }));

    private async Task<HttpStatusCode> PostAsync(string body, string? origin = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using HttpResponseMessage answer = await _host.Client.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
