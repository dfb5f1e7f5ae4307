using System.Text.Json;
using HybridAgents.Core.Tools;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>What an approval step calls: nothing happens but that a person is asked first.</summary>
internal sealed class ApprovalGate : ITool
{
    public ToolDefinition Definition { get; } = new()
    {
        Name = "approval",
        Description = "Asks a person.",
        Parameters = JsonElement.Parse("""{"type":"object"}"""),
        Approval = ToolApproval.Always,
    };

    public Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken) => Task.FromResult(new ToolOutput("Approved."));
}
