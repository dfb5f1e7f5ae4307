using System.Globalization;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Routes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace HybridAgents.Api.OpenApi;

/// <summary>Describes a route of the table in the OpenAPI document: parameters, body, answers and errors.</summary>
internal sealed class RouteOperationTransformer : IOpenApiOperationTransformer
{
    private const string Json = "application/json";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().FirstOrDefault() is not { } route)
            return;
        operation.OperationId = route.Name;
        operation.Summary = route.Summary;
        operation.Parameters = [.. Parameters(route)];
        if (route.Body is not null)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = !route.BodyOptional,
                Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = route.Body.Describe() } },
            };
        }

        OpenApiResponses responses = [];
        foreach (RouteAnswer answer in route.Answers)
            responses[Key(answer.Status)] = await AnswerAsync(answer, context, cancellationToken);
        foreach (int status in Statuses(route))
            responses[Key(status)] = await AnswerAsync(new(status, typeof(ErrorEnvelope), ReasonPhrases.GetReasonPhrase(status)), context, cancellationToken);
        operation.Responses = responses;
        if (route.Access != ApiAccess.Anonymous)
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SecurityTransformer.Scheme, context.Document)] = [] }];
    }

    private static IEnumerable<IOpenApiParameter> Parameters(ApiRoute route)
    {
        foreach (string segment in route.Pattern.Split('/').Where(static segment => segment.StartsWith('{')))
            yield return Parameter(new(segment.Trim('{', '}'), ""), ParameterLocation.Path);
        foreach (RouteParameter parameter in route.Query)
            yield return Parameter(parameter, ParameterLocation.Query);
        foreach (RouteParameter parameter in route.Headers)
            yield return Parameter(parameter, ParameterLocation.Header);
    }

    private static OpenApiParameter Parameter(RouteParameter parameter, ParameterLocation location) => new()
    {
        Name = parameter.Name,
        In = location,
        Description = parameter.Description,
        Required = location == ParameterLocation.Path,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static async Task<OpenApiResponse> AnswerAsync(RouteAnswer answer, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        OpenApiResponse response = new() { Description = answer.Description };
        if (answer.Body is { } type)
        {
            OpenApiSchema schema = await context.GetOrCreateSchemaAsync(type, cancellationToken: cancellationToken);
            response.Content = new Dictionary<string, OpenApiMediaType> { [answer.ContentType] = new() { Schema = schema } };
        }

        return response;
    }

    private static IEnumerable<int> Statuses(ApiRoute route)
    {
        int[] general = route.Access == ApiAccess.Anonymous ? [400, 500] : [400, 401, 403, 500];
        return general.Concat(route.Errors).Order();
    }

    private static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
