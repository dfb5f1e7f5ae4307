using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace HybridAgents.Orchestrations.Mcp;

/// <summary>A call of a tool under an id of ours, so that its cancel can be told to the server: the SDK tells it not at all over HTTP, and over pipes only if its own wait ends late enough.</summary>
internal static class McpCall
{
    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(2);

    public static async Task<CallToolResult> SendAsync(McpClient client, CallToolRequestParams call, CancellationToken cancellationToken)
    {
        RequestId id = new(Guid.NewGuid().ToString("N"));
        JsonRpcRequest request = new() { Id = id, Method = RequestMethods.ToolsCall, Params = JsonSerializer.SerializeToNode(call, McpJsonUtilities.DefaultOptions) };
        try
        {
            JsonRpcResponse answer = await client.SendRequestAsync(request, cancellationToken);
            return answer.Result.Deserialize<CallToolResult>(McpJsonUtilities.DefaultOptions) ?? throw new JsonException("The server's result is empty.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await TellAsync(client, id);
            throw;
        }
    }

    private static async Task TellAsync(McpClient client, RequestId id)
    {
        JsonRpcNotification cancelled = new()
        {
            Method = NotificationMethods.CancelledNotification,
            Params = JsonSerializer.SerializeToNode(new CancelledNotificationParams { RequestId = id }, McpJsonUtilities.DefaultOptions),
        };
        try
        {
            using CancellationTokenSource limit = new(TellLimit);
            await client.SendMessageAsync(cancelled, limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException || McpFailure.Of(error) is not null)
        {
            // Whoever cannot be told cannot be stopped.
        }
    }
}
