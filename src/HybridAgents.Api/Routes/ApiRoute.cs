using HybridAgents.Api.Requests;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Routes;

/// <summary>Who may use a route.</summary>
public enum ApiAccess
{
    /// <summary>Anybody, without a key.</summary>
    Anonymous,

    /// <summary>Any key: reading.</summary>
    Read,

    /// <summary>Keys of users and administrators: changing things.</summary>
    Write,

    /// <summary>Keys of administrators.</summary>
    Admin,
}

/// <summary>One route of the API, declared once: a host maps it, the OpenAPI document shows it.</summary>
/// <param name="Name">Unique, in CamelCase; the function's name on a host that names functions.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The path from the root, with <c>{parameters}</c> of one segment each; a host puts their values into <see cref="HttpRequest.RouteValues"/>.</param>
/// <param name="Access">Who may use it.</param>
/// <param name="Handler">What it does. A request that it cannot serve is an error result or a <see cref="Errors.RequestRefusedException"/>.</param>
public sealed record ApiRoute(string Name, string Method, string Pattern, ApiAccess Access, Func<HttpContext, Task<IResult>> Handler)
{
    /// <summary>Gets what it does, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Gets the resource that it belongs to.</summary>
    public required string Tag { get; init; }

    /// <summary>Gets the query parameters; any other is refused, but ignored in OpenAI's dialect.</summary>
    public IReadOnlyList<RouteParameter> Query { get; init; } = [];

    /// <summary>Gets the request headers that matter beside the general ones.</summary>
    public IReadOnlyList<RouteParameter> Headers { get; init; } = [];

    /// <summary>Gets the request body; null for none.</summary>
    public BodySchema? Body { get; init; }

    /// <summary>Gets whether it speaks OpenAI's dialect: see <see cref="Errors.OpenAIDialect"/>.</summary>
    public bool OpenAI { get; init; }

    /// <summary>Gets whether the body may be left out.</summary>
    public bool BodyOptional { get; init; }

    /// <summary>Gets the answers when all is well.</summary>
    public required IReadOnlyList<RouteAnswer> Answers { get; init; }

    /// <summary>Gets the error statuses of its own, beside 400, 401, 403 and 500.</summary>
    public IReadOnlyList<int> Errors { get; init; } = [];
}

/// <summary>A query parameter or header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">Meaning, bounds and default.</param>
public sealed record RouteParameter(string Name, string Description);

/// <summary>An answer of a route.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body's type; null for none.</param>
/// <param name="Description">When it is given.</param>
/// <param name="ContentType">The body's content type.</param>
public sealed record RouteAnswer(int Status, Type? Body, string Description, string ContentType = "application/json");

/// <summary>The routes of one resource.</summary>
public interface IApiRoutes
{
    /// <summary>Gets them.</summary>
    IEnumerable<ApiRoute> Routes { get; }
}
