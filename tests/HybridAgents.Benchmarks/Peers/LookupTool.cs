using System.Text.Json;
using HybridAgents.Core.Tools;

namespace HybridAgents.Benchmarks.Peers;

/// <summary>The tool that the scripted model asks for.</summary>
internal sealed class LookupTool : ITool
{
    public ToolDefinition Definition { get; } = new()
    {
        Name = "lookup",
        Description = "look something up",
        Parameters = JsonElement.Parse("""{"type":"object","properties":{"query":{"type":"string"},"index":{"type":"number"}}}"""),
    };

    public Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken) =>
        Task.FromResult(new ToolOutput($"found: {(call.Arguments.TryGetProperty("query", out JsonElement query) ? query.GetString() : "")}"));
}
