using System.Text.Json;

namespace HybridAgents.Core.Tools.Http;

/// <summary>A tool that somebody registered: an address that is called with the arguments.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Parameters">JSON Schema of its arguments.</param>
/// <param name="Endpoint">An absolute http or https address.</param>
/// <param name="Method"><c>GET</c> takes the arguments as query, any other method as JSON body.</param>
/// <param name="HeadersRef">The name under which the configuration has request headers, <c>Tools:Headers:{name}</c>; null for none.</param>
/// <param name="Effect">What happens to the world when it runs.</param>
/// <param name="TimeoutSeconds">Its longest run, 1 to 300.</param>
/// <param name="Approval">When a person must agree first.</param>
/// <param name="AllowPrivate">Whether an administrator has allowed an address that is not public.</param>
public sealed record HttpToolSpec(
    string Name, string Description, JsonElement Parameters, Uri Endpoint, string Method, string? HeadersRef, ToolEffect Effect, int TimeoutSeconds, ToolApproval Approval,
    bool AllowPrivate)
{
    /// <summary>Gets the methods that a tool may have.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>What the tool declares.</summary>
    public ToolDefinition Define(ToolOptions options) => new()
    {
        Name = Name,
        Untrusted = true,
        Description = Description,
        Parameters = Parameters,
        Effect = Effect,
        Locality = options.LocalityOf(Name),
        Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
        Approval = Approval,
        Source = "http",
    };
}
