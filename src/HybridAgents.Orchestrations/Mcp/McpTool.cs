using System.Text.Json;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace HybridAgents.Orchestrations.Mcp;

/// <summary>A tool of an MCP server. Run at most once unless the server says that it only reads or may be repeated.</summary>
internal sealed class McpTool : ITool
{
    private const int MaxDescription = 2000;
    private const int MaxText = 2 * 1024 * 1024;

    private readonly McpConnection _connection;
    private readonly string _remote;

    public McpTool(McpConnection connection, Tool tool, string name)
    {
        (_connection, _remote) = (connection, tool.Name);
        string description = tool.Description ?? tool.Title ?? tool.Name;
        Definition = new()
        {
            Name = name,
            Description = description.Length > MaxDescription ? description[..MaxDescription] : description,
            Parameters = tool.InputSchema,
            Untrusted = true,
            // What a server says of its tools is not proven: nothing of it is cached, and only itself is harmed by a repetition that it allowed.
            Effect = tool.Annotations is { ReadOnlyHint: true } or { IdempotentHint: true } ? ToolEffect.Idempotent : ToolEffect.AtMostOnce,
            Locality = connection.Spec.Trusted ? Locality.Local : Locality.Cloud,
            Timeout = TimeSpan.FromSeconds(connection.Spec.TimeoutSeconds),
            Approval = connection.Spec.Approval,
            Source = $"mcp:{connection.Spec.Name}",
        };
    }

    /// <inheritdoc/>
    public ToolDefinition Definition { get; }

    /// <inheritdoc/>
    /// <remarks>A call that was not sent, or may be sent again, is tried once more on a new session: the old one may have been forgotten by a server that was started again.</remarks>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        McpFailure? failure = null;
        for (int attempt = 0; attempt < 2; attempt++)
        {
            if (await _connection.ConnectAsync(cancellationToken) is not { } client)
                return ToolOutput.Error($"The MCP server '{_connection.Spec.Name}' {_connection.Fault}; nothing was sent.");
            try
            {
                CallToolResult result = await McpCall.SendAsync(client, Request(call), cancellationToken);
                return new(Text(result), result.IsError == true);
            }
            catch (McpProtocolException error) when (error is not { InnerException: HttpRequestException })
            {
                return ToolOutput.Error($"The MCP server refused the call: {error.Message}");
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && McpFailure.Of(error) is { } broken)
            {
                failure = broken;
                await _connection.DropAsync(client);
                if (broken.MayHaveHappened && Definition.Effect == ToolEffect.AtMostOnce)
                    break;
            }
        }

        return ToolOutput.Error($"The connection to the MCP server '{_connection.Spec.Name}' broke.{(failure!.MayHaveHappened ? " The call may have taken effect." : " Nothing was sent.")}");
    }

    private CallToolRequestParams Request(ToolInvocation call) => new()
    {
        Name = _remote,
        Arguments = call.Arguments.EnumerateObject().ToDictionary(static argument => argument.Name, static argument => argument.Value),
    };

    private static string Text(CallToolResult result)
    {
        string text = string.Join('\n', result.Content.Select(static block => block switch
        {
            TextContentBlock part => part.Text,
            EmbeddedResourceBlock { Resource: TextResourceContents resource } => resource.Text,
            ResourceLinkBlock link => $"[{link.Name}: {link.Uri}]",
            _ => $"[{block.Type} left out]",
        }));
        if (text.Length == 0 && result.StructuredContent is { } structured)
            text = JsonSerializer.Serialize(structured);
        return text.Length <= MaxText ? text : $"{text[..MaxText]}\n[only the first {MaxText} characters]";
    }
}
