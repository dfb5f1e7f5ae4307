using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridAgents.TestSupport.WireServers;

/// <summary>A model server on a real loopback socket that answers what it is told: queued replies first, then <see cref="Respond"/>.</summary>
public abstract class WireServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<WireReply> _replies = new();
    private readonly ConcurrentQueue<WireReply> _vectorReplies = new();
    private readonly ConcurrentQueue<WireRequest> _requests = new();
    private readonly Channel<WireRequest> _vectorRequests = Channel.CreateUnbounded<WireRequest>();
    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;
    private int _awaited;

    /// <summary>Answers a chat when no reply is queued.</summary>
    public Func<WireRequest, WireReply> Respond { get; set; } = _ => WireReply.Says("Hello ", "from the wire.");

    /// <summary>The chats so far; other requests are not kept.</summary>
    public IReadOnlyList<WireRequest> Requests => [.. _requests];

    /// <summary>Answers a call for vectors when no reply is queued; a reply that says nothing makes the vectors.</summary>
    public Func<WireRequest, WireReply> RespondVectors { get; set; } = _ => WireReply.Says();

    /// <summary>The calls for vectors so far.</summary>
    public ConcurrentQueue<JsonElement> Embedded { get; } = new();

    /// <summary>The address to configure.</summary>
    public Uri Endpoint { get; private set; } = new("http://127.0.0.1");

    protected abstract string ContentType { get; }

    public void Enqueue(params WireReply[] replies)
    {
        foreach (WireReply reply in replies)
            _replies.Enqueue(reply);
    }

    public void EnqueueVectors(params WireReply[] replies)
    {
        foreach (WireReply reply in replies)
            _vectorReplies.Enqueue(reply);
    }

    /// <summary>Waits for the next call for vectors that nobody has waited for yet.</summary>
    public ValueTask<WireRequest> NextVectorsAsync(CancellationToken cancellationToken = default) => _vectorRequests.Reader.ReadAsync(cancellationToken);

    /// <summary>Lets stalled answers go on.</summary>
    public void Release() => _release.TrySetResult();

    /// <summary>Waits for the next chat that nobody has waited for yet.</summary>
    public async Task<WireRequest> NextRequestAsync(CancellationToken cancellationToken = default)
    {
        await _arrivals.WaitAsync(cancellationToken);
        return Requests[_awaited++];
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        if (_app is not null)
        {
            using CancellationTokenSource atOnce = new(0);
            await _app.StopAsync(atOnce.Token);
            await _app.DisposeAsync();
        }

        _arrivals.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract void Map(WebApplication app);

    protected abstract Uri EndpointOf(Uri root);

    /// <summary>The parts of the answer, each written at once.</summary>
    protected abstract IReadOnlyList<string> Render(WireReply reply, WireRequest request);

    /// <summary>What the service does not accept, whatever is queued; null when there is nothing to object to.</summary>
    protected virtual WireReply? Refuse(WireRequest request) => null;

    /// <summary>A vector for each text: its length and its place.</summary>
    protected virtual string RenderVectors(JsonElement request, IReadOnlyList<string> texts) => throw new NotSupportedException("This service makes no vectors.");

    protected abstract string RenderError(string message, int status);

    protected abstract string RenderErrorEvent(string message);

    protected abstract string MalformedPart { get; }

    internal async Task StartServerAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.UseRouting();
        Map(_app);
        await _app.StartAsync();
        IServerAddressesFeature addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Endpoint = EndpointOf(new Uri(addresses.Addresses.Single()));
    }

    protected async Task AnswerAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body);
        WireRequest request = new(context, await reader.ReadToEndAsync());
        _requests.Enqueue(request);
        _arrivals.Release();
        WireReply reply = Refuse(request) ?? (_replies.TryDequeue(out WireReply? queued) ? queued : Respond(request));
        try
        {
            await reply.Gate.WaitAsync(context.RequestAborted);
            if (reply.HangsUpAtOnce)
                context.Abort();
            else
                await (reply.Status == 200 ? StreamAsync(context, reply, request) : RefuseAsync(context, reply));
        }
        catch (OperationCanceledException)
        {
            // The client has gone; its request says when.
        }
    }

    protected async Task EmbedAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body);
        WireRequest request = new(context, await reader.ReadToEndAsync());
        Embedded.Enqueue(request.Json);
        _vectorRequests.Writer.TryWrite(request);
        WireReply reply = _vectorReplies.TryDequeue(out WireReply? queued) ? queued : RespondVectors(request);
        try
        {
            await reply.Gate.WaitAsync(context.RequestAborted);
            if (reply.HangsUpAtOnce)
                context.Abort();
            else if (reply.Status != 200)
                await RefuseAsync(context, reply);
            else
                await context.Response.WriteAsync(reply.Body ?? RenderVectors(request.Json, [.. request.Json.GetProperty("input").EnumerateArray().Select(static text => text.GetString()!)]));
        }
        catch (OperationCanceledException)
        {
            // The client has gone; its request says when.
        }
    }

    private async Task RefuseAsync(HttpContext context, WireReply reply)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["x-request-id"] = context.Response.Headers["request-id"] = "req_wire"; // OpenAI's name and Anthropic's.
        if (reply.RetryAfter is { } retryAfter)
            context.Response.Headers.RetryAfter = retryAfter;
        await context.Response.WriteAsync(reply.Body ?? RenderError(reply.ErrorMessage, reply.Status), context.RequestAborted);
    }

    private async Task StreamAsync(HttpContext context, WireReply reply, WireRequest request)
    {
        context.Response.ContentType = ContentType;
        await context.Response.Body.FlushAsync(context.RequestAborted);
        IReadOnlyList<string> parts = reply.Body is { } body ? [body] : Render(reply, request);
        int whole = reply.Fault == WireFault.None ? parts.Count : Math.Min(reply.FaultAfter, parts.Count - 1);
        for (int index = 0; index < whole; index++)
            await WriteAsync(context, parts[index], reply.SplitsEveryByte);
        switch (reply.Fault)
        {
            case WireFault.Cut:
                // Kestrel then sends what is written and closes without ending the body; Abort would race with what was written.
                throw new InvalidOperationException("The script cuts the connection here.");
            case WireFault.Stall:
                await (reply.StallEnd ?? _release.Task).WaitAsync(context.RequestAborted);
                for (int index = whole; index < parts.Count; index++)
                    await WriteAsync(context, parts[index], reply.SplitsEveryByte);
                break;
            case WireFault.Malformed:
                await WriteAsync(context, MalformedPart, reply.SplitsEveryByte);
                break;
            case WireFault.ErrorEvent:
                await WriteAsync(context, RenderErrorEvent(reply.ErrorMessage), reply.SplitsEveryByte);
                break;
        }
    }

    private static async Task WriteAsync(HttpContext context, string part, bool everyByte)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(part);
        int step = everyByte ? 1 : bytes.Length;
        for (int start = 0; start < bytes.Length; start += step)
        {
            await context.Response.Body.WriteAsync(bytes.AsMemory(start, step), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
