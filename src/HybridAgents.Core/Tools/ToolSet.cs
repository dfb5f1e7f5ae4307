namespace HybridAgents.Core.Tools;

/// <summary>Tools by name. Immutable.</summary>
public sealed class ToolSet
{
    // Names that other systems give to the same tools.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["calculate"] = "calculator",
        ["calculator_tool"] = "calculator",
        ["get_current_time"] = "get_time",
        ["search_web"] = "web_search",
        ["web_search_tool"] = "web_search",
    };

    private readonly Dictionary<string, ITool> _tools = new(StringComparer.Ordinal);

    /// <summary>Makes a set; of two tools with one name, the first stays.</summary>
    public ToolSet(IReadOnlyList<ITool> tools)
    {
        foreach (ITool tool in tools)
            _tools.TryAdd(tool.Definition.Name, tool);
        Tools = [.. _tools.Values];
        Definitions = [.. Tools.Select(static tool => tool.Definition)];
    }

    /// <summary>Gets the tools, in order.</summary>
    public IReadOnlyList<ITool> Tools { get; }

    /// <summary>Gets what they declare, in the same order.</summary>
    public IReadOnlyCollection<ToolDefinition> Definitions { get; }

    /// <summary>Finds a tool by its name or an alias of it; null if there is none.</summary>
    public ITool? Find(string name) => _tools.GetValueOrDefault(name) ?? (Aliases.TryGetValue(name, out string? canonical) ? _tools.GetValueOrDefault(canonical) : null);
}
