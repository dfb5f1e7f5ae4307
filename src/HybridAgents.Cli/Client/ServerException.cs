using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace HybridAgents.Cli.Client;

/// <summary>The server answered with an error.</summary>
internal sealed class ServerException(HttpStatusCode status, string message) : CliException(ExitCodes.Of(status), message)
{
    private const int MostFaults = 5;

    /// <summary>Gets the status of the answer.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>Gets whether the same request may succeed a little later.</summary>
    public bool IsTransient { get; } = status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    /// <summary>Reads the error envelope; a body that is none is left out.</summary>
    public static async Task<ServerException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return From(response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or HttpRequestException or IOException)
        {
            return new(response.StatusCode, $"The server answered {(int)response.StatusCode} without saying why.");
        }
    }

    private static ServerException From(HttpStatusCode status, JsonElement body)
    {
        StringBuilder message = new($"{body.Text("error", "code") ?? ((int)status).ToString()}: {body.Text("error", "message") ?? "no message"}");
        List<JsonElement> faults = [.. body.Items("error", "details", "fields")];
        if (faults.Count > 1)
        {
            foreach (JsonElement fault in faults.Take(MostFaults))
                message.Append($"\n  {fault.Text("path")}: {fault.Text("message")}");
            if (faults.Count > MostFaults)
                message.Append($"\n  and {faults.Count - MostFaults} more");
        }

        if (body.Integer("error", "remediation", "retry_after") is { } seconds)
            message.Append($"\n  Try again in {seconds} s.");
        if (status == HttpStatusCode.Unauthorized)
            message.Append("\n  The key comes from --token, HYBRID_TOKEN or admin.key in the data folder (--data) of a server on this machine.");
        if (body.Text("error", "correlation_id") is { } id && status >= HttpStatusCode.InternalServerError)
            message.Append($"\n  The server's log has it under {id}.");
        return new(status, message.ToString());
    }
}
