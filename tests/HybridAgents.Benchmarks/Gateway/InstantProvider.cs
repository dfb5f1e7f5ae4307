using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HybridAgents.Benchmarks.Gateway;

/// <summary>An OpenAI-compatible server on loopback that answers at once, streamed or whole as it is asked.</summary>
internal sealed class InstantProvider : IAsyncDisposable
{
    private static readonly byte[] Models = """{"object":"list","data":[{"id":"instant","object":"model","created":0,"owned_by":"bench"}]}"""u8.ToArray();

    private static readonly byte[] Whole =
        """{"id":"c","object":"chat.completion","created":1,"model":"instant","choices":[{"index":0,"message":{"role":"assistant","content":"A short answer."},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":4,"total_tokens":24}}"""u8.ToArray();

    private static readonly byte[] Streamed = """
        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"instant","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"instant","choices":[{"index":0,"delta":{"content":"A short "},"finish_reason":null}]}

        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"instant","choices":[{"index":0,"delta":{"content":"answer."},"finish_reason":null}]}

        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"instant","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"instant","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":4,"total_tokens":24}}

        data: [DONE]


        """u8.ToArray();

    private readonly WebApplication _app;

    private InstantProvider(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public static async Task<InstantProvider> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapGet("/v1/models", http => SendAsync(http.Response, Models, "application/json"));
        app.MapPost("/v1/chat/completions", AnswerAsync);
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext http)
    {
        byte[] body = new byte[(int)http.Request.ContentLength.GetValueOrDefault(4096)];
        int read = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false);
        await (body.AsSpan(0, read).IndexOf("\"stream\":true"u8) >= 0
            ? SendAsync(http.Response, Streamed, "text/event-stream")
            : SendAsync(http.Response, Whole, "application/json"));
    }

    private static Task SendAsync(HttpResponse response, byte[] body, string type)
    {
        response.ContentType = type;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }
}
