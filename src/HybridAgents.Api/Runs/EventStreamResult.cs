using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using HybridAgents.Core.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HybridAgents.Api.Runs;

/// <summary>Sends events as they come, as server-sent events or as JSON lines.</summary>
/// <param name="watch">The events.</param>
/// <param name="jsonLines">JSON lines instead of server-sent events.</param>
/// <param name="time">Times the heartbeats.</param>
/// <param name="stopping">Fires when the host stops: the stream ends, and the client connects again.</param>
/// <param name="writeHead">Writes what every event has beside its own fields; null for the fields of run events.</param>
/// <remarks>Events that are ready together leave in one write; nothing ready waits for something that is not.</remarks>
internal sealed class EventStreamResult(
    Func<CancellationToken, IAsyncEnumerable<RunEvent>> watch, bool jsonLines, TimeProvider time, CancellationToken stopping, Action<Utf8JsonWriter, RunEvent>? writeHead = null) : IResult
{
    public const string JsonLines = "application/x-ndjson";

    /// <summary>How long the stream is silent at most.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private const int FlushAbove = 32_768;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = ApiJson.Options.Encoder, SkipValidation = true };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        response.ContentType = jsonLines ? JsonLines : "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        PipeWriter output = response.BodyWriter;
        if (!jsonLines)
            output.Write("retry: 1000\n\n"u8);
        await output.FlushAsync(httpContext.RequestAborted);

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        try
        {
            await SendAsync(output, end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has gone, or the host stops.
        }
    }

    private async Task SendAsync(PipeWriter output, CancellationTokenSource end)
    {
        await using Utf8JsonWriter json = new(output, WriterOptions);
        await using IAsyncEnumerator<RunEvent> events = watch(end.Token).GetAsyncEnumerator(end.Token);
        Task<bool> next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = events.MoveNextAsync().AsTask();
                if (!next.IsCompleted)
                    await WaitAsync(next, output, end.Token);
                if (!await next)
                    break;
                Write(output, json, events.Current);
                if (output.UnflushedBytes > FlushAbove)
                    await output.FlushAsync(end.Token);
            }

            await output.FlushAsync(end.Token);
        }
        finally
        {
            // An enumerator must not be disposed of while it moves.
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends what is written so far and waits for the next event, with a sign of life when it takes long.</summary>
    private async Task WaitAsync(Task<bool> next, PipeWriter output, CancellationToken cancellationToken)
    {
        if (output.UnflushedBytes > 0)
            await output.FlushAsync(cancellationToken);
        while (true)
        {
            try
            {
                await next.WaitAsync(Heartbeat, time, CancellationToken.None);
                return;
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                output.Write(jsonLines ? "\n"u8 : ": keep-alive\n\n"u8);
                await output.FlushAsync(cancellationToken);
            }
        }
    }

    private static void WriteHead(Utf8JsonWriter json, RunEvent item)
    {
        json.WriteNumber("sequence", item.Sequence);
        json.WriteString("type", item.Type);
        json.WriteString("run_id", item.RunId);
        json.WriteString("time", item.Time.UtcDateTime);
    }

    private void Write(PipeWriter output, Utf8JsonWriter json, RunEvent item)
    {
        if (!jsonLines)
        {
            output.Write("id: "u8);
            Span<byte> number = output.GetSpan(20);
            item.Sequence.TryFormat(number, out int digits, provider: System.Globalization.CultureInfo.InvariantCulture);
            output.Advance(digits);
            output.Write("\nevent: "u8);
            Encoding.UTF8.GetBytes(item.Type, output);
            output.Write("\ndata: "u8);
        }

        json.Reset(output);
        WriteJson(json, item);
        json.Flush();
        output.Write(jsonLines ? "\n"u8 : "\n\n"u8);
    }

    private void WriteJson(Utf8JsonWriter json, RunEvent item)
    {
        json.WriteStartObject();
        (writeHead ?? WriteHead)(json, item);
        if (item.Data.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in item.Data.EnumerateObject())
                property.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
