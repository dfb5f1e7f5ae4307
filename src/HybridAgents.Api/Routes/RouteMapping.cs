using HybridAgents.Api.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.Routes;

/// <summary>Puts the route table onto ASP.NET Core's routing.</summary>
public static class RouteMapping
{
    /// <summary>Maps every route. <see cref="UseHybridAgentsApi"/> must come before.</summary>
    public static void MapHybridAgentsApi(this IEndpointRouteBuilder endpoints) => endpoints.MapRoutes(endpoints.ServiceProvider.GetRequiredService<ApiRouteTable>());

    internal static void MapRoutes(this IEndpointRouteBuilder endpoints, ApiRouteTable table)
    {
        foreach (ApiRoute route in table.Routes)
        {
            RequestDelegate execute = http => table.ExecuteAsync(http, route);
            // The method is what makes the API explorer show the endpoint.
            endpoints.MapMethods(route.Pattern, [route.Method], execute).WithName(route.Name).WithTags(route.Tag).WithMetadata(route, execute.Method);
        }
    }

    /// <summary>Puts the correlation id and the error envelope around everything that follows.</summary>
    public static void UseHybridAgentsApi(this IApplicationBuilder app)
    {
        RequestEnvelope envelope = app.ApplicationServices.GetRequiredService<RequestEnvelope>();
        app.Use(next => http => envelope.InvokeAsync(http, next));
    }
}
