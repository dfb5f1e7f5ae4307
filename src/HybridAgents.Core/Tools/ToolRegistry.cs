using System.Text.Json;
using System.Text.RegularExpressions;

namespace HybridAgents.Core.Tools;

/// <summary>The tools of this process, by name.</summary>
public sealed partial class ToolRegistry
{
    // Names that other systems give to the same tools.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["calculate"] = "calculator",
        ["calculator_tool"] = "calculator",
        ["code_execute"] = "run_code",
        ["get_current_time"] = "get_time",
        ["search_web"] = "web_search",
        ["web_search_tool"] = "web_search",
    };

    private readonly Dictionary<string, ITool> _tools = new(StringComparer.Ordinal);

    /// <summary>Registers the tools.</summary>
    /// <exception cref="ArgumentException">A name is malformed or taken, a time-out is out of range, or a schema is not one that <see cref="JsonSchemaValidator"/> understands.</exception>
    public ToolRegistry(IEnumerable<ITool> tools)
    {
        foreach (ITool tool in tools)
        {
            Check(tool.Definition);
            if (!_tools.TryAdd(tool.Definition.Name, tool))
                throw new ArgumentException($"Two tools are named '{tool.Definition.Name}'; names must be unique.", nameof(tools));
        }

        Definitions = [.. _tools.Values.Select(static tool => tool.Definition)];
    }

    /// <summary>Gets what the tools declare, in order of registration.</summary>
    public IReadOnlyCollection<ToolDefinition> Definitions { get; }

    /// <summary>Finds a tool by its name or an alias of it; null if there is none.</summary>
    public ITool? Find(string name) => _tools.GetValueOrDefault(name) ?? (Aliases.TryGetValue(name, out string? canonical) ? _tools.GetValueOrDefault(canonical) : null);

    /// <summary>Whether the text has the form of a tool's name.</summary>
    public static bool IsValidName(string name) => NamePattern().IsMatch(name);

    private static void Check(ToolDefinition definition)
    {
        if (!IsValidName(definition.Name))
            throw new ArgumentException($"The tool name '{definition.Name}' is malformed; allowed is ^[a-z][a-z0-9_]{{1,63}}$.");
        if (definition.Timeout < TimeSpan.FromSeconds(1) || definition.Timeout > TimeSpan.FromMinutes(5))
            throw new ArgumentException($"The time-out of the tool '{definition.Name}' is {definition.Timeout}; allowed are 1 second to 5 minutes.");
        if (JsonSchemaValidator.CheckSchema(definition.Parameters) is [SchemaFault fault, ..])
            throw new ArgumentException($"The schema of the tool '{definition.Name}' is not usable at {fault.Path}: {fault.Message}");
        if (!definition.Parameters.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("object"))
            throw new ArgumentException($"The schema of the tool '{definition.Name}' must have the type 'object'.");
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
