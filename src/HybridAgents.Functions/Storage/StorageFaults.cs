using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using HybridAgents.Durable;

namespace HybridAgents.Functions.Storage;

/// <summary>Turns an unreachable or refusing storage into <see cref="EngineBusyException"/>, with one line that names the setting: to callers that is a 503.</summary>
internal sealed class StorageFaults : HttpPipelinePolicy
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception error) when (IsUnreachable(error, message.CancellationToken))
        {
            throw Unreachable(message);
        }

        Judge(message);
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception error) when (IsUnreachable(error, message.CancellationToken))
        {
            throw Unreachable(message);
        }

        Judge(message);
    }

    /// <summary>A request that was cancelled though its caller did not ask for that has run out of its time.</summary>
    private static bool IsUnreachable(Exception error, CancellationToken caller) => error is RequestFailedException or IOException
        || (error is OperationCanceledException && !caller.IsCancellationRequested)
        || (error is AggregateException several && several.InnerExceptions.All(inner => IsUnreachable(inner, caller)));

    private static EngineBusyException Unreachable(HttpMessage message) => new(
        $"Table storage at {message.Request.Uri.Host}:{message.Request.Uri.Port} cannot be reached; AzureWebJobsStorage (or Tables:ServiceUri) says where it is.", RetryAfter);

    private static void Judge(HttpMessage message)
    {
        if (!message.HasResponse)
            return;
        string? fault = message.Response.Status switch
        {
            401 or 403 => "Table storage refuses the key of AzureWebJobsStorage, or the identity that Tables:ServiceUri is used with; so it does when this machine's clock is more than 15 min wrong.",
            408 or 429 or >= 500 => $"Table storage answers {message.Response.Status}.",
            _ => null,
        };
        if (fault is not null)
            throw new EngineBusyException(fault, RetryAfter);
    }
}
