using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HybridAgents.Api.OpenApi;

/// <summary>Names the API and its one way to authenticate.</summary>
internal sealed class SecurityTransformer : IOpenApiDocumentTransformer
{
    public const string Scheme = "key";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new() { Title = "HybridAgents", Version = "v1", Description = "Durable agent runs over local and cloud models." };
        document.Servers = [];
        document.Components ??= new();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key." };
        return Task.CompletedTask;
    }
}
