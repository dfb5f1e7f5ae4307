using System.Net;
using System.Text.Json;

namespace HybridAgents.Api.Tests.Support;

/// <summary>Reads answers.</summary>
internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        return JsonElement.Parse(text);
    }

    /// <summary>The envelope's <c>error</c>, after checking that the answer is one with that status and code.</summary>
    public static async Task<JsonElement> ErrorAsync(this HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        JsonElement error = JsonElement.Parse(text).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe(code);
        error.GetProperty("message").GetString().ShouldNotBeNullOrWhiteSpace();
        error.GetProperty("details").ValueKind.ShouldBe(JsonValueKind.Object);
        error.GetProperty("remediation").ValueKind.ShouldBe(JsonValueKind.Object);
        error.GetProperty("correlation_id").GetString().ShouldBe(answer.Headers.GetValues("x-correlation-id").Single());
        return error;
    }

    /// <summary>The paths and messages of a 400.</summary>
    public static async Task<Dictionary<string, string>> FaultsAsync(this HttpResponseMessage answer)
    {
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error");
        return error.GetProperty("details").GetProperty("fields").EnumerateArray()
            .GroupBy(static field => field.GetProperty("path").GetString()!)
            .ToDictionary(static group => group.Key, static group => string.Join("; ", group.Select(static field => field.GetProperty("message").GetString())));
    }
}
