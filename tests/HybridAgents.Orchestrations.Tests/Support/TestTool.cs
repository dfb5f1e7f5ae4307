using System.Collections.Concurrent;
using System.Text.Json;
using HybridAgents.Core.Tools;

namespace HybridAgents.Orchestrations.Tests.Support;

/// <summary>A tool that counts its effects. Shared by the hosts of one test.</summary>
internal sealed class TestTool(string name, Func<ToolInvocation, CancellationToken, Task<ToolOutput>>? run = null) : ITool
{
    private readonly ConcurrentQueue<ToolInvocation> _calls = new();

    public ToolDefinition Definition { get; init; } = Define(name);

    public IReadOnlyList<ToolInvocation> Calls => [.. _calls];

    public static ToolDefinition Define(string name) => new()
    {
        Name = name,
        Description = $"The tool {name}.",
        Parameters = JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{"x":{"type":"integer"}},"additionalProperties":false}"""),
    };

    public Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        _calls.Enqueue(call);
        return run is null ? Task.FromResult(new ToolOutput($"{Definition.Name} ok")) : run(call, cancellationToken);
    }
}
