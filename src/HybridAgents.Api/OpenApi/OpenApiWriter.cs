using HybridAgents.Api.Routes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace HybridAgents.Api.OpenApi;

/// <summary>Writes the OpenAPI document of a route table.</summary>
internal static class OpenApiWriter
{
    private const string Name = "v1";

    /// <summary>The document as UTF-8. The framework's generator reads the endpoints of an application; not every host routes with it, so here is one for that alone, which never runs.</summary>
    public static async Task<byte[]> WriteAsync(ApiRouteTable table)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore(); // An application needs a server, though this one is never started.
        builder.Services.AddRouting();
        builder.Services.ConfigureHttpJsonOptions(static options => ApiJson.Configure(options.SerializerOptions));
        builder.Services.AddOpenApi(Name, static options => options.AddOperationTransformer<RouteOperationTransformer>().AddDocumentTransformer<SecurityTransformer>());
        await using WebApplication app = builder.Build();
        app.UseRouting();
        app.MapRoutes(table);
        app.UseEndpoints(static _ => { }); // Hands the endpoints to the generator.
        OpenApiDocument document = await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync();
        using MemoryStream text = new();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1);
        return text.ToArray();
    }
}
