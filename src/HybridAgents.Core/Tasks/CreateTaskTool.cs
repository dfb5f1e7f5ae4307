using HybridAgents.Core.Tools;

namespace HybridAgents.Core.Tasks;

/// <summary>The tool <c>create_task</c>. Executed again, it gives the task that is there.</summary>
/// <param name="tasks">The tasks.</param>
public sealed class CreateTaskTool(ITaskStore tasks) : ITool
{
    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = "create_task",
        Description = "Creates a task and returns its id.",
        Effect = ToolEffect.Idempotent,
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "title": { "type": "string", "minLength": 1, "maxLength": 200 },
                "description": { "type": "string", "maxLength": 4000 },
                "due_date": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "YYYY-MM-DD" },
                "priority": { "type": "string", "enum": ["low", "medium", "high"], "default": "medium" }
              },
              "required": ["title"],
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        if (TaskArguments.Read(call.Arguments, call.Label) is not { } draft)
            return ToolOutput.Error("The due date is no date of the calendar; allowed is YYYY-MM-DD.");
        return await tasks.CreateAsync(call.Tenant, draft, call.IdempotencyKey, cancellationToken) is { } task
            ? new($"Task created successfully.\n\nID: {task.Id}\nTitle: {task.Title}", Label: task.Label)
            : ToolOutput.Error($"There are {ITaskStore.MaxTasks} tasks already; delete some first.");
    }
}
