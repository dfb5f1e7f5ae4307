using HybridAgents.Api.Runs;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Responses;

/// <summary>Sends the events of a response to the one who asked for it: if he goes, so does the response, unless it runs in the background.</summary>
/// <param name="events">The events.</param>
/// <param name="left">What happens when the client has gone before the end, or has seen the end.</param>
internal sealed class ResponseStreamResult(EventStreamResult events, Func<bool, Task> left) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            await events.ExecuteAsync(httpContext);
        }
        finally
        {
            await left(httpContext.RequestAborted.IsCancellationRequested);
        }
    }
}
