using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Core.Models;
using HybridAgents.Orchestrations.Chat;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HybridAgents.Api.Chat;

/// <summary>Sends an answer as OpenAI's server-sent events. If it breaks off, one event says why, and the connection closes.</summary>
/// <param name="head">What every chunk says.</param>
/// <param name="answer">The answer, which has begun; read once. It may end in a <see cref="ChatException"/>.</param>
/// <param name="call">Behind the answer; disposed of in the end.</param>
/// <param name="choices">How many answers it has.</param>
/// <param name="includeUsage">Whether the tokens are sent at the end.</param>
/// <param name="time">Times the signs of life.</param>
/// <remarks>What is ready together leaves in one write; nothing ready waits for something that is not.</remarks>
internal sealed class ChatStreamResult(ChatHead head, IAsyncEnumerable<ModelUpdate> answer, IAsyncDisposable call, int choices, bool includeUsage, TimeProvider time) : IResult
{
    /// <summary>How long the stream is silent at most.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private const int FlushAbove = 32_768;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using IAsyncDisposable owned = call;
        HttpResponse response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await SendAsync(response.BodyWriter, httpContext.RequestAborted);
        }
        catch (ChatException broken)
        {
            await FailAsync(httpContext, ChatErrors.Of(broken));
        }
    }

    private async Task SendAsync(PipeWriter output, CancellationToken aborted)
    {
        using ChatChunks chunks = new(output, head, choices, includeUsage);
        chunks.Role();
        await using IAsyncEnumerator<ModelUpdate> updates = answer.GetAsyncEnumerator(aborted);
        while (true)
        {
            ValueTask<bool> next = updates.MoveNextAsync();
            if (!(next.IsCompleted ? await next : await WaitAsync(next.AsTask(), output, aborted)))
                break;
            Write(chunks, updates.Current);
            if (output.UnflushedBytes > FlushAbove)
                await output.FlushAsync(aborted);
        }

        await output.FlushAsync(aborted);
    }

    private static void Write(ChatChunks chunks, ModelUpdate update)
    {
        switch (update)
        {
            case ModelUpdate.TextDelta delta:
                chunks.Text(delta.Choice, delta.Text);
                break;
            case ModelUpdate.TokenProbabilities scored:
                chunks.Probabilities(scored.Choice, scored.Tokens);
                break;
            case ModelUpdate.ToolCallRequested requested:
                chunks.Call(requested.Choice, requested.Call);
                break;
            case ModelUpdate.Finished end:
                chunks.Finish(end);
                break;
        }
    }

    /// <summary>Sends what is written so far and waits for the next update, with a sign of life when it takes long.</summary>
    private async Task<bool> WaitAsync(Task<bool> next, PipeWriter output, CancellationToken aborted)
    {
        try
        {
            await output.FlushAsync(aborted);
            while (true)
            {
                try
                {
                    return await next.WaitAsync(Heartbeat, time, CancellationToken.None);
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    output.Write(": keep-alive\n\n"u8);
                    await output.FlushAsync(aborted);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // An enumerator must not be disposed of while it moves; the client's going has aborted it.
            throw;
        }
    }

    private static async Task FailAsync(HttpContext http, ApiError error)
    {
        PipeWriter output = http.Response.BodyWriter;
        output.Write("data: "u8);
        output.Write(JsonSerializer.SerializeToUtf8Bytes(ErrorResult.EventOf(http, error), ApiJson.Options));
        output.Write("\n\n"u8);
        http.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose(); // Gracefully: an abort could overtake the event.
        await output.FlushAsync(http.RequestAborted);
    }
}
