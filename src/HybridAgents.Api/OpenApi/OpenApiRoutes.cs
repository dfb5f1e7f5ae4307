using HybridAgents.Api.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.OpenApi;

/// <summary>The OpenAPI document of every route, this one too. Made once, when it is first asked for.</summary>
internal sealed class OpenApiRoutes : IApiRoutes
{
    private readonly Lock _lock = new();
    private Task<byte[]>? _document;

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("OpenApi", "GET", "/openapi/v1.json", ApiAccess.Anonymous, AnswerAsync)
        {
            Tag = "System", Summary = "Describes the API in OpenAPI 3.1.", Answers = [new(200, null, "The document.")],
        },
    ];

    private async Task<IResult> AnswerAsync(HttpContext http) =>
        TypedResults.Bytes(await DocumentAsync(http.RequestServices.GetRequiredService<ApiRouteTable>()), "application/json;charset=utf-8");

    private Task<byte[]> DocumentAsync(ApiRouteTable table)
    {
        lock (_lock)
        {
            if (_document is not { IsFaulted: false })
                _document = OpenApiWriter.WriteAsync(table);
            return _document;
        }
    }
}
