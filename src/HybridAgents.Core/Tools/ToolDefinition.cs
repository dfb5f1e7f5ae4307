using System.Text.Json;
using System.Text.Json.Serialization;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tools;

/// <summary>What happens to the world when a tool runs.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ToolEffect>))]
public enum ToolEffect
{
    /// <summary>Nothing: may run any number of times.</summary>
    Pure,

    /// <summary>Running it again with the same key changes nothing more.</summary>
    Idempotent,

    /// <summary>Must never run twice: when it is unknown whether it ran, a person decides.</summary>
    AtMostOnce,
}

/// <summary>When a person must agree before a tool runs.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ToolApproval>))]
public enum ToolApproval
{
    /// <summary>Only when the run asks for it.</summary>
    OnRequest,

    /// <summary>Always.</summary>
    Always,
}

/// <summary>What a caller may do, lowest first.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ToolRole>))]
public enum ToolRole
{
    /// <summary>Reads.</summary>
    Guest,

    /// <summary>Starts and controls runs.</summary>
    User,

    /// <summary>Everything.</summary>
    Admin,
}

/// <summary>What a tool declares.</summary>
public sealed record ToolDefinition
{
    /// <summary>Gets the name: <c>^[a-z][a-z0-9_]{1,63}$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it is for, as told to the model.</summary>
    public required string Description { get; init; }

    /// <summary>Gets the JSON Schema of the arguments: an object schema.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>Gets the effect.</summary>
    public ToolEffect Effect { get; init; } = ToolEffect.Pure;

    /// <summary>Gets where arguments go.</summary>
    public Locality Locality { get; init; } = Locality.Local;

    /// <summary>Gets the longest run, 1 s to 5 min; 30 s by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the approval policy.</summary>
    public ToolApproval Approval { get; init; }

    /// <summary>Gets whether it must not run beside other calls of the same turn.</summary>
    public bool Sequential { get; init; }

    /// <summary>Gets how long a result may be given again for the same arguments, tenant and label; zero, the default, for never. Only pure tools have one.</summary>
    public TimeSpan CacheLifetime { get; init; }

    /// <summary>Gets whether its output may hold text of strangers: pages, documents, what others have stored. After it, a run asks before a call that must not happen twice.</summary>
    public bool Untrusted { get; init; }

    /// <summary>Gets the least role of the caller for whom it runs.</summary>
    public ToolRole RequiredRole { get; init; } = ToolRole.User;

    /// <summary>Gets where it comes from: <c>builtin</c>, <c>http</c>, or <c>mcp:</c> and the server's name.</summary>
    public string Source { get; init; } = "builtin";

    /// <summary>Gets whether strangers wrote the description: that of an MCP server's tool.</summary>
    public bool IsOfStrangers => Source.StartsWith("mcp:", StringComparison.Ordinal);

    /// <summary>The form that models see.</summary>
    public ToolSpec ToSpec() => new(Name, Description, Parameters);
}
