using System.Net;
using HybridAgents.Api.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HybridAgents.Api.Auth;

/// <summary>Says who makes a request.</summary>
public sealed class ApiAuthenticator(ApiKeyStore keys, IOptions<AuthOptions> options)
{
    private const string Scheme = "Bearer ";
    private readonly bool _needsKeys = options.Value.NeedsKeys;

    /// <summary>The caller, by the bearer key.</summary>
    /// <exception cref="RequestRefusedException">No key or a wrong one (401); without keys, a request that a web page of another site may have caused (403).</exception>
    public async ValueTask<ApiCaller> AuthenticateAsync(HttpContext http)
    {
        if (!_needsKeys)
            return IsOfThisMachine(http.Request) ? ApiCaller.Local : throw new RequestRefusedException(ApiErrors.Forbidden(
                "This host runs without keys and serves only requests of this machine: the Host header, and Origin if there is one, must name a loopback address."));
        StringValues header = http.Request.Headers.Authorization;
        if (header is not [{ } text] || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new RequestRefusedException(ApiErrors.Unauthorized("An API key is needed: send the header 'Authorization: Bearer <key>'."));
        return await keys.FindAsync(text[Scheme.Length..].Trim(), http.RequestAborted) is { } key
            ? new ApiCaller(key.Tenant, key.Id, key.Role, key.Budget)
            : throw new RequestRefusedException(ApiErrors.Unauthorized("The API key is not valid: it is mistyped, or was deleted."));
    }

    /// <summary>Without keys, any web page could send requests here, by name rebinding or plain forms; neither can forge these headers.</summary>
    private static bool IsOfThisMachine(HttpRequest request) =>
        IsLoopback(request.Host.Host)
        && (request.Headers.Origin is not [{ } origin, ..] || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && IsLoopback(uri.Host)));

    internal static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
