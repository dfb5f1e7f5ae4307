using HybridAgents.Core.Tools;

namespace HybridAgents.Core.Tasks;

/// <summary>The tool <c>update_task</c>.</summary>
/// <param name="tasks">The tasks.</param>
public sealed class UpdateTaskTool(ITaskStore tasks) : ITool
{
    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = "update_task",
        Description = "Changes the given fields of a task.",
        Effect = ToolEffect.Idempotent,
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "task_id": { "type": "string", "minLength": 1, "maxLength": 64 },
                "title": { "type": "string", "minLength": 1, "maxLength": 200 },
                "description": { "type": "string", "maxLength": 4000 },
                "status": { "type": "string", "enum": ["pending", "in_progress", "completed"] },
                "due_date": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "YYYY-MM-DD" },
                "priority": { "type": "string", "enum": ["low", "medium", "high"] }
              },
              "required": ["task_id"],
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        if (TaskArguments.Read(call.Arguments, call.Label) is not { } change)
            return ToolOutput.Error("The due date is no date of the calendar; allowed is YYYY-MM-DD.");
        if (call.Arguments.GetPropertyCount() == 1)
            return ToolOutput.Error("Nothing to change was given; allowed are title, description, status, due_date and priority.");
        return await tasks.UpdateAsync(call.Tenant, call.Arguments.GetProperty("task_id").GetString()!, change, cancellationToken) is { } task
            ? new($"Task updated successfully.\n\nID: {task.Id}\nTitle: {task.Title}\nStatus: {TaskText.Word(task.Status)}", Label: task.Label)
            : ToolOutput.Error("There is no task with this id; list_tasks gives the ids there are.");
    }
}
