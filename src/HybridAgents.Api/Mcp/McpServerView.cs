using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Mcp;

namespace HybridAgents.Api.Mcp;

/// <summary>MCP servers: those of the configuration, then the tenant's own.</summary>
public sealed record McpServerList(IReadOnlyList<McpServerView> Servers);

/// <summary>An MCP server.</summary>
/// <param name="Name">Its name, which the names of its tools begin with.</param>
/// <param name="Transport"><c>streamable_http</c> or <c>stdio</c>.</param>
/// <param name="Url">The address, without its query; null for a program.</param>
/// <param name="Command">The program, without its arguments; null for an address.</param>
/// <param name="Configured">Whether it is one of the configuration, which the API does not change.</param>
/// <param name="Trusted">Whether private text may go to it.</param>
/// <param name="Approval">When a person must agree before any of its tools runs.</param>
/// <param name="TimeoutSeconds">The longest run of a tool.</param>
/// <param name="Connected">Whether there is a session with it.</param>
/// <param name="Error">Why it was not reached when it was last tried; null if it was.</param>
/// <param name="Tools">Its tools, as agents know them.</param>
public sealed record McpServerView(
    string Name, string Transport, string? Url, string? Command, bool Configured, bool Trusted, ToolApproval Approval, int TimeoutSeconds, bool Connected, string? Error,
    IReadOnlyList<string> Tools)
{
    internal static McpServerView From(McpServerState state) => new(
        state.Server.Name, state.Server.Url is null ? "stdio" : "streamable_http", state.Server.Url?.GetLeftPart(UriPartial.Path), state.Server.Command, state.Configured,
        state.Server.Trusted, state.Server.Approval, state.Server.TimeoutSeconds, state.Connected, state.Fault is { } fault ? $"The server {fault}." : null, state.Tools);
}
