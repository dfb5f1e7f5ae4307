using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace HybridAgents.Local.Configuration;

/// <summary>The server of HTTP and its limits.</summary>
public static class HttpServer
{
    /// <summary>The largest body of any route, bytes; native routes allow less and check it themselves.</summary>
    private const long MaxBody = 16 * 1024 * 1024;

    /// <summary>Listens with Kestrel: HTTP/1.1, bounded bodies and waits, and requests that begin on the thread that has read them.</summary>
    /// <remarks>Handing a request to another thread costs a wake-up, and nothing here blocks a thread: docs/decisions/0094.</remarks>
    public static IWebHostBuilder UseHttpServer(this IWebHostBuilder host) => host
        .UseKestrelCore()
        .UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true)
        .ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        });
}
