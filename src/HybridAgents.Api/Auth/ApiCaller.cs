using HybridAgents.Api.Routes;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Auth;

/// <summary>What a key may do.</summary>
public enum ApiRole
{
    /// <summary>Reads.</summary>
    GUEST,

    /// <summary>Reads, and starts and controls runs.</summary>
    USER,

    /// <summary>Everything, keys included.</summary>
    ADMIN,
}

/// <summary>Whose request it is.</summary>
/// <param name="Tenant">What the data belongs to.</param>
/// <param name="KeyId">The key's id.</param>
/// <param name="Role">What the key may do.</param>
/// <param name="Budget">What the key may spend; null for no bound.</param>
public sealed record ApiCaller(string Tenant, string KeyId, ApiRole Role, Budget? Budget = null)
{
    /// <summary>The tenant of the first key and of a host without keys.</summary>
    public const string DefaultTenant = "default";

    /// <summary>Gets the caller of every request on a host without keys.</summary>
    public static ApiCaller Local { get; } = new(DefaultTenant, "local", ApiRole.ADMIN);

    /// <summary>The caller as runs know it.</summary>
    public RunCaller ToRunCaller() => new(Tenant, KeyId, Role switch
    {
        ApiRole.ADMIN => ToolRole.Admin,
        ApiRole.USER => ToolRole.User,
        _ => ToolRole.Guest,
    }, Budget);

    /// <summary>Whether the role suffices.</summary>
    public bool May(ApiAccess access) => access switch
    {
        ApiAccess.Admin => Role == ApiRole.ADMIN,
        ApiAccess.Write => Role is ApiRole.ADMIN or ApiRole.USER,
        _ => true,
    };

    /// <summary>The roles that suffice, for a message.</summary>
    public static string RolesFor(ApiAccess access) => access == ApiAccess.Admin ? "ADMIN" : "USER or ADMIN";

    /// <summary>The caller of a request on a route that needs a key.</summary>
    public static ApiCaller Of(HttpContext http) => (ApiCaller)http.Items[typeof(ApiCaller)]!;
}
