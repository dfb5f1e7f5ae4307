using System.Globalization;
using System.Text.Json;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tasks;

/// <summary>The fields of a task in the arguments of tools and in request bodies, once a schema has checked them.</summary>
public static class TaskArguments
{
    /// <summary>The form of a due date.</summary>
    public const string DateFormat = "yyyy-MM-dd";

    /// <summary>Reads a change; null if the due date is no date.</summary>
    public static TodoChange? Read(JsonElement source, PrivacyLabel label)
    {
        DateOnly? due = null;
        if (Text(source, "due_date") is { } text)
        {
            if (!DateOnly.TryParseExact(text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
                return null;
            due = date;
        }

        return new(Text(source, "title"), Text(source, "description"), Word<TodoStatus>(source, "status"), Word<TodoPriority>(source, "priority"), due, label);
    }

    internal static T? Word<T>(JsonElement source, string name)
        where T : struct, Enum => Text(source, name) is { } word && Enum.TryParse(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out T value) ? value : null;

    private static string? Text(JsonElement source, string name) =>
        source.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
