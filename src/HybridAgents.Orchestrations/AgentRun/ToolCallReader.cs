using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HybridAgents.Core.Agents;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;
using HybridAgents.Orchestrations.Workflows;

namespace HybridAgents.Orchestrations.AgentRun;

/// <summary>A tool call, understood.</summary>
/// <param name="Call">As the model wrote it.</param>
/// <param name="Tool">The server's tool; null for one that the client runs.</param>
/// <param name="Arguments">Parsed arguments.</param>
/// <param name="Fault">Why it cannot be carried out, as told to the model; null when it can.</param>
/// <param name="Work">What is handed to sub-runs; null for a call that is not about that.</param>
internal sealed record ResolvedCall(ToolCall Call, ITool? Tool, JsonElement Arguments, string? Fault, Delegation? Work = null)
{
    /// <summary>Gets what is waited for; null for a call that is not about that.</summary>
    public StepWait? Wait { get; init; }

    /// <summary>Gets the call's own approval settings; null for the run's.</summary>
    public ApprovalSettings? Approval { get; init; }

    /// <summary>Gets whether a server of strangers has described another tool of the run, so that its words may have asked for this call.</summary>
    public bool AmongStrangers { get; init; }

    /// <summary>Gets a hash of the arguments, to notice that a repeated call is not the same one.</summary>
    public string ArgumentsHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Call.Arguments)).AsSpan(0, 16));
}

/// <summary>Understands tool calls: who runs the tool, whether the caller may have it run, and whether the arguments fit its schema.</summary>
internal sealed class ToolCallReader(ToolRegistry registry, AgentCatalog agents, WorkflowCallReader workflows)
{
    private const int MaxFaults = 5;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    public async ValueTask<ResolvedCall> ReadAsync(ToolCall call, RunRequest request, RunRow run, CancellationToken cancellationToken)
    {
        if (request.Workflow is not null)
            return await workflows.ReadAsync(call, request, run, cancellationToken);
        ToolSet tools = await registry.GetAsync(run.Tenant, cancellationToken);
        ITool[] own = [.. RunTools.Of(request, agents.Find(request.Agent.AgentType), tools)];
        ResolvedCall read = Read(call, request, tools);
        return read.Tool is not { Definition: { } tool } ? read
            : !own.Contains(read.Tool) ? new(call, null, default, $"The tool '{tool.Name}' is not one of this agent's.")
            : read with { AmongStrangers = Array.Exists(own, other => other.Definition.IsOfStrangers && other.Definition.Source != tool.Source) };
    }

    /// <summary>A call of a tool.</summary>
    public static ResolvedCall Read(ToolCall call, RunRequest request, ToolSet tools)
    {
        // The caller's own definition wins: the server does not know the tool, or the caller has replaced it.
        var client = request.Agent.ClientTools.FirstOrDefault(tool => tool.Name == call.Name);
        var team = client is null ? TeamTools.Offer(request.Agent.SubAgents).FirstOrDefault(known => known.Name == call.Name) : null;
        ITool? tool = client is null && team is null ? tools.Find(call.Name) : null;
        if (client is null && team is null && tool is null)
            return new(call, null, default, $"There is no tool named '{Shown(call.Name)}'.");
        if (tool is not null && tool.Definition.RequiredRole > request.Role)
            return new(call, tool, default, $"The tool '{tool.Definition.Name}' is not available to this caller.");
        JsonElement arguments;
        try
        {
            using JsonDocument document = JsonDocument.Parse(string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments, Strict);
            arguments = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return new(call, tool, default, "The arguments are not valid JSON.");
        }

        IReadOnlyList<SchemaFault> faults = JsonSchemaValidator.Validate((client ?? team)?.Parameters ?? tool!.Definition.Parameters, arguments);
        string? fault = faults.Count == 0 ? null
            : $"The arguments do not fit the tool's schema: {string.Join("; ", faults.Take(MaxFaults).Select(entry => $"{entry.Path} {entry.Message}"))}.";
        if (team is null || fault is not null)
            return new(call, tool, arguments, fault);
        (Delegation? work, fault) = TeamTools.Read(team, arguments, request.Agent.SubAgents);
        return new(call, null, arguments, fault, work);
    }

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64];
}
