using System.Text.RegularExpressions;

namespace HybridAgents.Repository.Tests;

/// <summary>A parameter of a Bicep file.</summary>
/// <param name="Type">Its type.</param>
/// <param name="IsOptional">Whether it has a default.</param>
/// <param name="IsSecret">Whether it is marked as secure.</param>
/// <param name="Allowed">The values that it takes, as text; empty for all.</param>
internal sealed record BicepParameter(string Type, bool IsOptional, bool IsSecret, IReadOnlyList<string> Allowed);

/// <summary>The interface of a Bicep file, as far as regular expressions read it: one declaration a line, decorators above it.</summary>
internal sealed partial class BicepFile
{
    private BicepFile(string text)
    {
        Parameters = Parameter().Matches(text).ToDictionary(
            static match => match.Groups["name"].Value,
            static match => new BicepParameter(
                match.Groups["type"].Value,
                match.Groups["default"].Success,
                match.Groups["decorators"].Value.Contains("@secure()", StringComparison.Ordinal),
                [.. AllowedValues().Match(match.Groups["decorators"].Value).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]));
        Outputs = [.. Output().Matches(text).Select(static match => match.Groups[1].Value)];
        Modules = Module().Matches(text).ToDictionary(
            static match => match.Groups["name"].Value,
            match => (match.Groups["path"].Value, NamesIn(text[(match.Index + match.Length)..])));
        UsedOutputs = [.. UsedOutput().Matches(text).Select(static match => (match.Groups[1].Value, match.Groups[2].Value))];
    }

    public IReadOnlyDictionary<string, BicepParameter> Parameters { get; }

    public IReadOnlyCollection<string> Outputs { get; }

    /// <summary>Gets the modules by their name: the file, and the parameters that they get.</summary>
    public IReadOnlyDictionary<string, (string Path, HashSet<string> Given)> Modules { get; }

    public IReadOnlyCollection<(string Module, string Output)> UsedOutputs { get; }

    public static BicepFile Read(params string[] path) => new(File.ReadAllText(Repository.PathOf(path)));

    /// <summary>The names of an object whose opening brace is just before.</summary>
    private static HashSet<string> NamesIn(string text)
    {
        string plain = Text().Replace(text, "''");
        HashSet<string> names = [];
        int depth = 1;
        for (int index = 0; depth > 0; index++)
        {
            depth += plain[index] switch { '{' or '(' => 1, '}' or ')' => -1, _ => 0 };
            if (depth == 1 && plain[index] == ':' && char.IsLetterOrDigit(plain[index - 1])) // Not that of a condition, which has a space before it.
                names.Add(LastName().Match(plain[..index]).Value);
        }

        return names;
    }

    [GeneratedRegex(@"(?<decorators>(?:^@[^\n]*\n)*)^param (?<name>\w+) (?<type>\w+)(?<default> =)?", RegexOptions.Multiline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"@allowed\(\[([^\]]*)\]\)")]
    private static partial Regex AllowedValues();

    [GeneratedRegex(@"^output (\w+)", RegexOptions.Multiline)]
    private static partial Regex Output();

    [GeneratedRegex(@"^module (?<name>\w+) '(?<path>[^']+)' = [^{]*\{\s*name: '[^']*'\s*params: \{", RegexOptions.Multiline)]
    private static partial Regex Module();

    [GeneratedRegex(@"\b(\w+)!?\.outputs\.(\w+)")]
    private static partial Regex UsedOutput();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Text();

    [GeneratedRegex(@"\w+$")]
    private static partial Regex LastName();
}
