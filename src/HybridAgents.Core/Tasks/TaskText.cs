using System.Text.Json;

namespace HybridAgents.Core.Tasks;

/// <summary>Tasks as models read them.</summary>
internal static class TaskText
{
    public static string Of(TodoTask task) => string.Join(
        '\n',
        $"ID: {task.Id}",
        $"Title: {task.Title}",
        $"Status: {Word(task.Status)}",
        $"Priority: {Word(task.Priority)}",
        $"Due Date: {task.DueDate?.ToString(TaskArguments.DateFormat, System.Globalization.CultureInfo.InvariantCulture) ?? "none"}",
        $"Description: {task.Description}");

    public static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
