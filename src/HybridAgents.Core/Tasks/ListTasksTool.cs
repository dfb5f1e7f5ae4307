using System.Text.Json;
using HybridAgents.Core.Tools;

namespace HybridAgents.Core.Tasks;

/// <summary>The tool <c>list_tasks</c>.</summary>
/// <param name="tasks">The tasks.</param>
public sealed class ListTasksTool(ITaskStore tasks) : ITool
{
    private const int DefaultLimit = 10;

    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = "list_tasks",
        Untrusted = true,
        Description = "Lists the tasks, newest first, all or those of one status.",
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "status": { "type": "string", "enum": ["pending", "in_progress", "completed", "all"], "default": "all" },
                "limit": { "type": "integer", "minimum": 1, "maximum": 100, "default": 10 }
              },
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        int limit = call.Arguments.TryGetProperty("limit", out JsonElement count) ? (int)count.GetDouble() : DefaultLimit;
        IReadOnlyList<TodoTask> found = await tasks.ListAsync(call.Tenant, TaskArguments.Word<TodoStatus>(call.Arguments, "status"), limit, cancellationToken);
        return found.Count == 0
            ? new("No tasks match the criteria.")
            : new($"Found {found.Count} task{(found.Count == 1 ? "" : "s")}:\n\n{string.Join("\n\n", found.Select(TaskText.Of))}", Label: found.Max(static task => task.Label));
    }
}
