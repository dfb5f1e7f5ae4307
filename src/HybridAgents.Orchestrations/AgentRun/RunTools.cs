using HybridAgents.Core.Agents;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>The server's tools of a run: those that its request or else its agent names. No other is offered, and no other is carried out, whatever the model asks for.</summary>
internal static class RunTools
{
    public static IEnumerable<ITool> Of(RunRequest request, AgentProfile? profile, ToolSet tools) => (request.Agent.Tools ?? profile?.Tools ?? []).Select(tools.Find).OfType<ITool>();
}
