using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Routes;

/// <summary>Every route of the API, and the way through one: key, role, query, handler. A host brings the request here inside a <see cref="RequestEnvelope"/>.</summary>
public sealed class ApiRouteTable(IEnumerable<IApiRoutes> resources, ApiAuthenticator authenticator)
{
    /// <summary>Gets every route, in the order of declaration.</summary>
    public IReadOnlyList<ApiRoute> Routes { get; } = [.. resources.SelectMany(static resource => resource.Routes)];

    /// <summary>Answers a request that matched <paramref name="route"/>.</summary>
    /// <exception cref="RequestRefusedException">It is refused.</exception>
    public async Task ExecuteAsync(HttpContext http, ApiRoute route)
    {
        if (route.OpenAI)
            OpenAIDialect.Begin(http);
        if (route.Access != ApiAccess.Anonymous)
        {
            ApiCaller caller = await authenticator.AuthenticateAsync(http);
            if (!caller.May(route.Access))
                throw new RequestRefusedException(ApiErrors.Forbidden($"The key's role is {caller.Role}; this needs {ApiCaller.RolesFor(route.Access)}."));
            http.Items[typeof(ApiCaller)] = caller;
        }

        if (!route.OpenAI)
            RefuseUnknownQuery(http.Request, route);
        IResult result = await route.Handler(http);
        await result.ExecuteAsync(http);
    }

    private static void RefuseUnknownQuery(HttpRequest request, ApiRoute route)
    {
        if (!request.QueryString.HasValue)
            return;
        Requests.Faults faults = new();
        foreach (string name in request.Query.Keys)
        {
            if (route.Query.All(known => known.Name != name))
            {
                faults.Add($"query.{ApiErrors.Shorten(name)}", route.Query.Count == 0
                    ? "this route takes no query parameters"
                    : $"is not a known parameter; allowed: {string.Join(", ", route.Query.Select(static known => known.Name))}");
            }
        }

        faults.ThrowIfAny();
    }
}
