using System.Net;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;

namespace HybridAgents.Local.Tests.Mcp;

/// <summary>An MCP server that is reached by streamable HTTP, with the official SDK for Node.</summary>
public sealed class McpHttpTests : IAsyncLifetime
{
    private const string Servers = "/api/v1/tools/mcp-servers";

    private McpNode _node = null!;
    private WiredHost _host = null!;

    public async Task InitializeAsync()
    {
        _node = await McpNode.StartAsync();
        _host = await WiredHost.StartAsync(["--Tools:Headers:notes:Authorization", "Bearer s3cret"]);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _node.DisposeAsync();
    }

    [McpNodeFact]
    public async Task Server_AddedUsedAndRemoved()
    {
        await _node.ServeAsync();
        using HttpResponseMessage added = await AddAsync();
        added.StatusCode.ShouldBe(HttpStatusCode.Created);
        JsonElement view = JsonElement.Parse(await added.Content.ReadAsStringAsync());
        (view.GetProperty("url").GetString(), view.GetProperty("connected").GetBoolean()).ShouldBe((_node.Url, true));
        view.GetProperty("tools").EnumerateArray().Select(static tool => tool.GetString()).ShouldContain("notes_echo");
        (await AddAsync()).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await CallAsync("notes_echo", """{"text":"hi"}""")).ShouldBe((false, "echo: hi"));
        await _node.HeardAsync("POST/Bearer s3cret");

        using HttpResponseMessage removed = await _host.Client.Http.DeleteAsync($"{Servers}/notes");
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _host.Client.GetAsync("/api/v1/tools")).GetRawText().ShouldNotContain("notes_");
        await _node.HeardAsync("DELETE/Bearer s3cret");
    }

    [McpNodeFact]
    public async Task Server_StartedAgain_IsCalledOnANewSession()
    {
        await _node.ServeAsync();
        await AddAsync();
        (await CallAsync("notes_add_note", """{"text":"one"}""")).ShouldBe((false, "Noted."));
        await _node.StopAsync();
        (await CallAsync("notes_add_note", """{"text":"lost"}""")).ShouldBe((true, "The MCP server 'notes' could not be reached (HttpRequestException); nothing was sent."));
        await _node.ServeAsync();
        await AddAsync("again"); // A new entry has no pause to wait for.
        (await CallAsync("again_add_note", """{"text":"two"}""")).ShouldBe((false, "Noted."));
        await _node.StopAsync();
        await _node.ServeAsync();
        (await CallAsync("again_add_note", """{"text":"three"}""")).ShouldBe((false, "Noted."));
        _node.Unheard().Where(static signal => signal.StartsWith("noted", StringComparison.Ordinal)).ShouldBe(["noted/one", "noted/two", "noted/three"]);
    }

    /// <summary>The server's word comes on a stream of its own, and without it the list would be read again after a minute.</summary>
    [McpNodeFact]
    public async Task ToolList_Changed_IsReadAgain()
    {
        await _node.ServeAsync();
        await AddAsync();
        (await _host.Client.GetAsync("/api/v1/tools")).GetRawText().ShouldNotContain("notes_late");
        (await CallAsync("notes_grow", "{}")).ShouldBe((false, "grown"));

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        while (!(await _host.Client.GetAsync("/api/v1/tools")).GetRawText().Contains("notes_late", StringComparison.Ordinal))
            limit.Token.ThrowIfCancellationRequested();
        (await CallAsync("notes_late", "{}")).ShouldBe((false, "late but here"));
    }

    private Task<HttpResponseMessage> AddAsync(string name = "notes") =>
        _host.Client.PostAsync(Servers, $$"""{"name":"{{name}}","url":"{{_node.Url}}","headers_ref":"notes"}""");

    private async Task<(bool IsError, string Text)> CallAsync(string tool, string arguments)
    {
        using HttpResponseMessage answer = await _host.Client.PostAsync("/api/v1/tools/execute", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""");
        JsonElement view = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        return (view.GetProperty("is_error").GetBoolean(), view.GetProperty("result").GetString()!);
    }
}
