using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Runs;

namespace HybridAgents.Orchestrations.SubRuns;

/// <summary>The two tools of an agent that has sub-agents.</summary>
internal static class TeamTools
{
    public const string Route = "route_to_subsystem";
    public const string Parallel = "parallel_processing";

    private static readonly string[] RouteRequires = ["subsystem", "task"];
    private static readonly string[] ParallelRequires = ["task", "subsystems"];

    /// <summary>What a coordinator is offered beside its own tools; nothing if it works alone.</summary>
    public static IReadOnlyList<ToolSpec> Offer(IReadOnlyList<SubAgent> team)
    {
        if (team.Count == 0)
            return [];
        string members = string.Join("\n", team.Select(member => $"- {member.Name}: {member.Role}"));
        string[] names = [.. team.Select(member => member.Name)];
        return
        [
            new(Route, $"Gives a task to the one specialist that fits it best, and returns the answer. The specialist sees the task and the context only.\n{members}", Schema(new
            {
                type = "object",
                properties = new
                {
                    subsystem = new { type = "string", description = $"One of: {string.Join(", ", names)}" },
                    task = Task,
                    context = new { type = "object", description = "Facts that the specialist needs beside the task" },
                },
                required = RouteRequires,
                additionalProperties = false,
            })),
            new(Parallel, $"Gives the same task to several specialists side by side, and returns all answers. For tasks where several views help.\n{members}", Schema(new
            {
                type = "object",
                properties = new
                {
                    task = Task,
                    subsystems = new { type = "array", items = new { type = "string" }, minItems = 1, maxItems = SubAgent.MaxTeam, description = $"Some of: {string.Join(", ", names)}" },
                },
                required = ParallelRequires,
                additionalProperties = false,
            })),
        ];
    }

    /// <summary>Understands arguments that fit the schema.</summary>
    /// <returns>The work to hand over, or what is wrong, as told to the model.</returns>
    public static (Delegation? Work, string? Fault) Read(ToolSpec tool, JsonElement arguments, IReadOnlyList<SubAgent> team)
    {
        string task = arguments.GetProperty("task").GetString()!;
        if (tool.Name == Route && arguments.TryGetProperty("context", out JsonElement context) && context.EnumerateObject().Any())
            task = $"{task}\n\nContext:\n{context.GetRawText()}";
        IEnumerable<string> names = tool.Name == Route
            ? [arguments.GetProperty("subsystem").GetString()!]
            : arguments.GetProperty("subsystems").EnumerateArray().Select(name => name.GetString()!);
        List<Branch> branches = [];
        foreach (string name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (team.FirstOrDefault(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } member)
                return (null, $"There is no subsystem named '{(name.Length <= 64 ? name : name[..64])}'; known: {string.Join(", ", team.Select(known => known.Name))}.");
            branches.Add(new(member.Name, member.Role, new() { Agent = member.Agent, Messages = [Message.User(task)] }));
        }

        return (new(branches), null);
    }

    private static object Task { get; } = new { type = "string", minLength = 1, maxLength = 20_000, description = "The whole task, complete in itself" };

    private static JsonElement Schema(object schema) => JsonSerializer.SerializeToElement(schema, Plain);

    private static readonly JsonSerializerOptions Plain = new();
}
