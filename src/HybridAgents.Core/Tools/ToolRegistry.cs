using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HybridAgents.Core.Tools;

/// <summary>The tools of this process, and what each tenant has beside them. Safe for concurrent use.</summary>
public sealed partial class ToolRegistry
{
    private const int MaxTenants = 1000;

    private readonly IToolSource[] _sources;
    private readonly ToolSet _own;
    private readonly ConcurrentDictionary<string, (IReadOnlyList<ITool>[] Parts, ToolSet Tools)> _sets = new(StringComparer.Ordinal);

    /// <summary>Registers the tools.</summary>
    /// <param name="tools">Those that everybody has.</param>
    /// <param name="sources">Where others come from.</param>
    /// <exception cref="ArgumentException">A name is malformed or taken, a time-out is out of range, or a schema is not one that <see cref="JsonSchemaValidator"/> understands.</exception>
    public ToolRegistry(IEnumerable<ITool> tools, IEnumerable<IToolSource>? sources = null)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        List<ITool> own = [.. tools];
        foreach (ITool tool in own)
        {
            if (Objection(tool.Definition) is { } fault)
                throw new ArgumentException(fault, nameof(tools));
            if (!names.Add(tool.Definition.Name))
                throw new ArgumentException($"Two tools are named '{tool.Definition.Name}'; names must be unique.", nameof(tools));
        }

        _own = new(own);
        _sources = [.. sources ?? []];
    }

    /// <summary>Gets what the tools that everybody has declare, in order of registration.</summary>
    public IReadOnlyCollection<ToolDefinition> Definitions => _own.Definitions;

    /// <summary>Finds a tool that everybody has by its name or an alias of it; null if there is none.</summary>
    public ITool? Find(string name) => _own.Find(name);

    /// <summary>The tools of a tenant: those that everybody has, then the sources' own. A name that is taken already stays with its first owner.</summary>
    public ValueTask<ToolSet> GetAsync(string tenant, CancellationToken cancellationToken) => _sources.Length == 0 ? new(_own) : CombineAsync(tenant, cancellationToken);

    /// <summary>Whether the text has the form of a tool's name.</summary>
    public static bool IsValidName(string name) => NamePattern().IsMatch(name);

    /// <summary>What is wrong with a definition, and what is allowed; null if nothing is.</summary>
    public static string? Objection(ToolDefinition definition)
    {
        if (!IsValidName(definition.Name))
            return $"The tool name '{definition.Name}' is malformed; allowed is ^[a-z][a-z0-9_]{{1,63}}$.";
        if (definition.Timeout < TimeSpan.FromSeconds(1) || definition.Timeout > TimeSpan.FromMinutes(5))
            return $"The time-out of the tool '{definition.Name}' is {definition.Timeout}; allowed are 1 second to 5 minutes.";
        if (definition.CacheLifetime < TimeSpan.Zero || definition.CacheLifetime > TimeSpan.FromDays(1))
            return $"The cache lifetime of the tool '{definition.Name}' is {definition.CacheLifetime}; allowed are 0 to 1 day.";
        if (definition.CacheLifetime > TimeSpan.Zero && definition.Effect != ToolEffect.Pure)
            return $"The tool '{definition.Name}' has an effect and a cache lifetime; only a pure tool may have one.";
        if (JsonSchemaValidator.CheckSchema(definition.Parameters) is [SchemaFault fault, ..])
            return $"The schema of the tool '{definition.Name}' is not usable at {fault.Path}: {fault.Message}";
        return definition.Parameters.ValueKind == JsonValueKind.Object && definition.Parameters.TryGetProperty("type", out JsonElement type)
            && type.ValueKind == JsonValueKind.String && type.ValueEquals("object")
            ? null
            : $"The schema of the tool '{definition.Name}' must have the type 'object'.";
    }

    private async ValueTask<ToolSet> CombineAsync(string tenant, CancellationToken cancellationToken)
    {
        IReadOnlyList<ITool>[] parts = new IReadOnlyList<ITool>[_sources.Length];
        for (int index = 0; index < parts.Length; index++)
            parts[index] = await _sources[index].GetAsync(tenant, cancellationToken);
        if (Array.TrueForAll(parts, static part => part.Count == 0))
            return _own;
        if (_sets.TryGetValue(tenant, out (IReadOnlyList<ITool>[] Parts, ToolSet Tools) known) && known.Parts.SequenceEqual(parts))
            return known.Tools;
        ToolSet combined = new([.. _own.Tools, .. parts.SelectMany(static part => part)]);
        if (_sets.Count >= MaxTenants)
            _sets.Clear();
        _sets[tenant] = (parts, combined);
        return combined;
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
