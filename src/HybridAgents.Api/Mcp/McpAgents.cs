using System.Text.Json;
using System.Text.Json.Nodes;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Runs;
using HybridAgents.Core.Agents;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Orchestrations.Agents;
using HybridAgents.Orchestrations.Runs;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace HybridAgents.Api.Mcp;

/// <summary>For whom an MCP server acts.</summary>
/// <param name="Caller">The caller.</param>
/// <param name="CancelsByClosing">Whether a client that goes away has cancelled its calls.</param>
public sealed record McpCaller(RunCaller Caller, bool CancelsByClosing);

/// <summary>Agents as MCP tools: <c>message</c> goes in, a durable run answers it.</summary>
public sealed class McpAgents(AgentStore agents, RunRequestReader reader, IAgentRuns runs, TimeProvider time)
{
    private const string RunIdKey = "hybridagents/run_id";
    private const int MaxMessage = 100_000;

    /// <summary>Before the front ends of cloud platforms give a request up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(200);

    private static readonly JsonElement Parameters = JsonElement.Parse("""
        {
          "type": "object",
          "properties": { "message": { "type": "string", "minLength": 1, "maxLength": 100000, "description": "What the agent is asked" } },
          "required": ["message"],
          "additionalProperties": false
        }
        """);

    /// <summary>A server that acts for a caller.</summary>
    public McpServerOptions OptionsFor(McpCaller caller) => new()
    {
        ServerInfo = new() { Name = "HybridAgents", Version = typeof(McpAgents).Assembly.GetName().Version!.ToString(3) },
        Capabilities = new() { Tools = new() },
        ScopeRequests = false,
        Handlers = new()
        {
            ListToolsHandler = (_, cancellationToken) => ListAsync(caller.Caller.Tenant, cancellationToken),
            CallToolHandler = (request, cancellationToken) => CallAsync(request, caller, cancellationToken),
        },
    };

    private async ValueTask<ListToolsResult> ListAsync(string tenant, CancellationToken cancellationToken) =>
        new() { Tools = [.. (await agents.ListAsync(tenant, cancellationToken)).Select(Describe)] };

    private static Tool Describe(StoredAgent agent) => new()
    {
        Name = agent.AgentId,
        Title = agent.Definition.Name,
        Description = agent.Definition.Description ?? $"Asks the agent {agent.Definition.Name}.",
        InputSchema = Parameters,
        Annotations = new() { OpenWorldHint = true },
    };

    private async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, McpCaller caller, CancellationToken cancellationToken)
    {
        CallToolRequestParams call = request.Params!;
        if (await agents.FindAsync(call.Name, caller.Caller.Tenant, cancellationToken) is null)
            throw new McpProtocolException($"There is no agent '{ApiErrors.Shorten(call.Name)}'; tools/list has those there are.", McpErrorCode.InvalidParams);
        if (call.Arguments is null || !call.Arguments.TryGetValue("message", out JsonElement message) || message.ValueKind != JsonValueKind.String
            || message.GetString() is not { Length: >= 1 and <= MaxMessage } text)
            throw new McpProtocolException($"The argument 'message' must be a string of 1 to {MaxMessage} characters.", McpErrorCode.InvalidParams);
        if (await StartAsync(call.Name, text, caller.Caller, cancellationToken) is not { } run)
            return Error("The run was not accepted: the key's budget is spent, or the server is busy. Try again later.", runId: null);
        try
        {
            return await FollowAsync(run.RunId, request, caller.Caller, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && caller.CancelsByClosing)
        {
            await runs.CancelAsync(run.RunId, caller.Caller, "The MCP client cancelled the call.", force: false, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Starts a run as <c>POST /api/v1/agents/run</c> does; null if none is taken now.</summary>
    private async Task<RunView?> StartAsync(string agent, string text, RunCaller caller, CancellationToken cancellationToken)
    {
        JsonElement body = JsonSerializer.SerializeToElement(new { agent_config = new { agent_id = agent }, messages = new[] { new { role = "user", content = text } } });
        try
        {
            RunRequest request = await reader.ReadAsync(body, caller.Tenant, cancellationToken);
            return (await runs.StartAsync(request, caller, null, cancellationToken)).Run;
        }
        catch (RequestRefusedException refused)
        {
            throw new McpProtocolException(refused.Error.Message, McpErrorCode.InvalidParams);
        }
        catch (EngineBusyException)
        {
            return null;
        }
    }

    /// <summary>Tells the client what happens, if it asked for that, until the run has ended or waits for somebody.</summary>
    private async Task<CallToolResult> FollowAsync(string runId, RequestContext<CallToolRequestParams> request, RunCaller caller, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(Patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await foreach (RunEvent item in runs.WatchAsync(runId, caller, 0, either.Token))
            {
                if (request.Params!.ProgressToken is { } token && AgentProgress.Of(item) is { } progress)
                    await request.Server.NotifyProgressAsync(token, progress, cancellationToken: either.Token);
                if (item.Type == RunEventTypes.ActionRequired)
                    break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Error($"The run {runId} goes on; GET /api/v1/agents/status/{runId} has its answer later.", runId);
        }

        RunView run = (await runs.GetAsync(runId, caller, cancellationToken))!;
        return run.Status switch
        {
            RunStatus.Completed => new() { Content = [new TextContentBlock { Text = run.Result?.Message?.Content ?? "" }], Meta = MetaOf(runId) },
            RunStatus.RequiresAction => Error(
                $"The run {runId} waits for an answer ({run.RequiredAction?.Type}: {string.Join(", ", run.RequiredAction?.Calls.Select(static waiting => waiting.Tool) ?? [])}) on /api/v1/agents/runs/{runId}.", runId),
            _ => Error($"The run {runId} is {JsonNamingPolicy.SnakeCaseLower.ConvertName(run.Status.ToString())}{(run.Error is { } error ? $": {error.Message}" : ".")}", runId),
        };
    }

    private static CallToolResult Error(string text, string? runId) => new() { Content = [new TextContentBlock { Text = text }], IsError = true, Meta = MetaOf(runId) };

    private static JsonObject? MetaOf(string? runId) => runId is null ? null : new() { [RunIdKey] = runId };
}
