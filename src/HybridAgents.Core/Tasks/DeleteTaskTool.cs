using HybridAgents.Core.Tools;

namespace HybridAgents.Core.Tasks;

/// <summary>The tool <c>delete_task</c>: a person agrees first, always.</summary>
/// <param name="tasks">The tasks.</param>
public sealed class DeleteTaskTool(ITaskStore tasks) : ITool
{
    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = "delete_task",
        Description = "Deletes a task for good. A person is asked to agree first.",
        Effect = ToolEffect.Idempotent,
        Approval = ToolApproval.Always,
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": { "task_id": { "type": "string", "minLength": 1, "maxLength": 64 } },
              "required": ["task_id"],
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        string id = call.Arguments.GetProperty("task_id").GetString()!;
        return await tasks.DeleteAsync(call.Tenant, id, cancellationToken)
            ? new($"Task {id} deleted.")
            : ToolOutput.Error("There is no task with this id; list_tasks gives the ids there are.");
    }
}
