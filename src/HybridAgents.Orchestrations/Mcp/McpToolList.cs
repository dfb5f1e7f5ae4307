using System.Text.RegularExpressions;
using HybridAgents.Core.Tools;
using ModelContextProtocol.Protocol;

namespace HybridAgents.Orchestrations.Mcp;

/// <summary>A server's tools under names that agents can use.</summary>
/// <param name="Text">What the server said, to notice a change.</param>
/// <param name="Tools">The tools.</param>
internal sealed partial record McpToolList(string Text, IReadOnlyList<ITool> Tools)
{
    /// <summary>The most tools of a server; further ones are left out.</summary>
    public const int MaxTools = 200;

    public static readonly McpToolList Empty = new("", []);

    private const int MaxName = 64;
    private const int MaxSchema = 64 * 1024;

    /// <summary>Names are <c>{server}_{tool}</c> in lower case, other characters as <c>_</c>; one that is taken then gets a number. A tool without a schema for an object is left out.</summary>
    public static McpToolList From(McpConnection connection, IEnumerable<Tool> tools, string text)
    {
        List<ITool> mapped = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Tool tool in tools.Where(static tool => tool.InputSchema.GetRawText().Length <= MaxSchema).Take(MaxTools))
        {
            string wanted = OtherCharacters().Replace($"{connection.Spec.Name}_{tool.Name}".ToLowerInvariant(), "_");
            string name = wanted[..Math.Min(wanted.Length, MaxName)];
            for (int number = 2; !names.Add(name); number++)
                name = $"{wanted[..Math.Min(wanted.Length, MaxName - 4)]}_{number}";
            mapped.Add(new McpTool(connection, tool, name));
        }

        return new(text, mapped);
    }

    [GeneratedRegex("[^a-z0-9_]+")]
    private static partial Regex OtherCharacters();
}
