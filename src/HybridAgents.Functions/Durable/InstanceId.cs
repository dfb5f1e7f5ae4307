namespace HybridAgents.Functions.Durable;

/// <summary>What the Durable Functions extension takes as an instance id. A process with other ids would find out in the middle of a start.</summary>
internal static class InstanceId
{
    private const int MaxLength = 256;

    /// <summary>Why the id is not taken; null when it is.</summary>
    public static string? WhyNot(string id) =>
        id.Length is 0 or > MaxLength ? $"An instance id has {id.Length} characters; 1 to {MaxLength} are allowed."
        : id[0] == '@' || id.Any(static character => character is '/' or '\\' or '#' or '?' || char.IsControl(character))
            ? $"The instance id '{id}' begins with '@' or contains one of / \\ # ? or a control character."
            : null;

    /// <summary>Checks an id.</summary>
    /// <exception cref="ArgumentException">The extension would not take it.</exception>
    public static string Checked(string id) => WhyNot(id) is { } fault ? throw new ArgumentException(fault, nameof(id)) : id;
}
