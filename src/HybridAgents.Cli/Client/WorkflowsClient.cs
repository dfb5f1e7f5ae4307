using System.Net;
using System.Text;
using System.Text.Json;

namespace HybridAgents.Cli.Client;

/// <summary>The routes of workflows.</summary>
internal sealed class WorkflowsClient(RunsClient api)
{
    private const string All = "api/v1/workflows";

    /// <summary>Checks a workflow; the answer has its picture.</summary>
    public Task<JsonElement> ValidateAsync(string document, CancellationToken cancellationToken) =>
        api.ReadAsync(() => Post($"{All}/validate", document), cancellationToken);

    /// <summary>Makes the workflow, or its next version if it is there and differs.</summary>
    public async Task KeepAsync(string id, string document, CancellationToken cancellationToken)
    {
        JsonElement? stands = await FindAsync(id, cancellationToken);
        if (stands is null)
            await api.ReadAsync(() => Post(All, document), cancellationToken);
        else if (!JsonElement.DeepEquals(stands.Value.GetProperty("definition"), JsonElement.Parse(document)))
            await api.ReadAsync(() => new(HttpMethod.Put, $"{All}/{id}") { Content = Json(document) }, cancellationToken);
    }

    /// <summary>Starts a run; the answer names it.</summary>
    public Task<JsonElement> StartAsync(string id, string body, CancellationToken cancellationToken)
    {
        string key = Guid.NewGuid().ToString("N");
        return api.ReadAsync(() => new(HttpMethod.Post, $"{All}/{id}/runs") { Content = Json(body), Headers = { { "Idempotency-Key", key } } }, cancellationToken);
    }

    private async Task<JsonElement?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await api.ReadAsync(() => new(HttpMethod.Get, $"{All}/{id}"), cancellationToken);
        }
        catch (ServerException missing) when (missing.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static HttpRequestMessage Post(string path, string body) => new(HttpMethod.Post, path) { Content = Json(body) };

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
