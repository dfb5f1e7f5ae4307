using System.Text.Json.Serialization;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tasks;

/// <summary>How far a task is.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TodoStatus>))]
public enum TodoStatus
{
    Pending,
    InProgress,
    Completed,
}

/// <summary>How much a task matters.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<TodoPriority>))]
public enum TodoPriority
{
    Low,
    Medium,
    High,
}

/// <summary>Something to do.</summary>
/// <param name="Id"><c>task_</c> and 16 hex digits.</param>
/// <param name="Title">1 to 200 characters.</param>
/// <param name="Description">At most 4,000 characters.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Priority">How much it matters.</param>
/// <param name="DueDate">When it is due; null for no date.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="UpdatedAt">When it was last changed, UTC.</param>
/// <param name="Label">The label of the conversation that it comes from.</param>
public sealed record TodoTask(
    string Id, string Title, string Description, TodoStatus Status, TodoPriority Priority, DateOnly? DueDate, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    [property: JsonIgnore] PrivacyLabel Label);

/// <summary>What a task is made of, or changed to. Null leaves a field as it is, or as usual.</summary>
public sealed record TodoChange(
    string? Title = null, string? Description = null, TodoStatus? Status = null, TodoPriority? Priority = null, DateOnly? DueDate = null, PrivacyLabel Label = PrivacyLabel.Standard)
{
    /// <summary>The task as changed; its label only rises.</summary>
    public TodoTask ApplyTo(TodoTask task, DateTimeOffset now) => task with
    {
        Title = Title ?? task.Title,
        Description = Description ?? task.Description,
        Status = Status ?? task.Status,
        Priority = Priority ?? task.Priority,
        DueDate = DueDate ?? task.DueDate,
        UpdatedAt = now,
        Label = task.Label.RaisedTo(Label),
    };
}
