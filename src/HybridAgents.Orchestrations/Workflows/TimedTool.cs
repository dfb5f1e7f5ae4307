using HybridAgents.Core.Tools;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>A tool with less time than it would have.</summary>
internal sealed class TimedTool(ITool tool, TimeSpan limit) : ITool
{
    public ToolDefinition Definition { get; } = tool.Definition with { Timeout = limit < tool.Definition.Timeout ? limit : tool.Definition.Timeout };

    public Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken) => tool.InvokeAsync(call, cancellationToken);
}
