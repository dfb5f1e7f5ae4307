namespace HybridAgents.Local.Configuration;

/// <summary>The options of the command line, as configuration keys.</summary>
internal static class CommandLine
{
    public const string Usage = "Usage: HybridAgents.Local [--urls http://127.0.0.1:7071] [--data DIR] [--auth keys|none] [--Section:Key VALUE …]";

    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["--urls"] = ListenAddresses.Key,
        ["--data"] = DataOptions.Key,
        ["--auth"] = "Auth:Mode",
    };

    /// <summary>Reads <c>--option value</c> and <c>--option=value</c>.</summary>
    /// <exception cref="ConfigurationException">An option is unknown or lacks its value.</exception>
    public static Dictionary<string, string?> Parse(IReadOnlyList<string> args)
    {
        Dictionary<string, string?> values = [];
        for (int index = 0; index < args.Count; index++)
        {
            string[] parts = args[index].Split('=', 2);
            string key = KeyOf(parts[0]);
            if (parts.Length == 2)
                values[key] = parts[1];
            else if (++index < args.Count)
                values[key] = args[index];
            else
                throw new ConfigurationException($"The option {parts[0]} needs a value. {Usage}");
        }

        return values;
    }

    private static string KeyOf(string option)
    {
        if (Options.TryGetValue(option, out string? key))
            return key;
        return option.StartsWith("--", StringComparison.Ordinal) && option.Contains(':', StringComparison.Ordinal)
            ? option[2..]
            : throw new ConfigurationException($"The option '{option}' is not known; allowed: {string.Join(", ", Options.Keys)} and --Section:Key. {Usage}");
    }
}
