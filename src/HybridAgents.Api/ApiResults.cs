using HybridAgents.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api;

/// <summary>The answers of handlers.</summary>
internal static class ApiResults
{
    /// <summary>A JSON body.</summary>
    public static IResult Json<T>(T body, int status = StatusCodes.Status200OK) => TypedResults.Json(body, ApiJson.Options, statusCode: status);

    /// <summary>The error envelope.</summary>
    public static IResult Error(ApiError error) => new ErrorResult(error);
}
