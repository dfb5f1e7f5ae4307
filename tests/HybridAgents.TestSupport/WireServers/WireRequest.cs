using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.TestSupport.WireServers;

/// <summary>A request that a wire server got.</summary>
public sealed class WireRequest
{
    private readonly TaskCompletionSource<DateTimeOffset> _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal WireRequest(HttpContext context, string body)
    {
        Path = context.Request.Path;
        Headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Body = body;
        context.RequestAborted.Register(() => _aborted.TrySetResult(DateTimeOffset.UtcNow));
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public string Body { get; }

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>Ends when the client closes the socket before the answer is complete, with the time of that.</summary>
    public Task<DateTimeOffset> Aborted => _aborted.Task;
}
