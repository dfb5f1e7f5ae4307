using System.Net;
using System.Net.Sockets;
using HybridAgents.Core.Net;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Providers.Http;

/// <summary>Makes the HTTP clients of providers: no redirects, nothing left to the client's own time-out, and a cancelled call closes its socket at once.</summary>
internal static class ProviderHttp
{
    /// <summary>What is read to keep a connection after an answer that was not read to its end; beyond that the connection is closed.</summary>
    private const int MaxDrainBytes = 64 * 1024;

    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMilliseconds(20);

    /// <summary>Makes a client. Calls to a local endpoint that is not trusted use no proxy and connect to loopback addresses only, whatever its name resolves to; where only public addresses are allowed, the same holds for those.</summary>
    /// <param name="settings">The provider.</param>
    /// <param name="connect">The limit for a connection.</param>
    /// <param name="outer">Put around the transport; null for nothing.</param>
    public static HttpClient Create(ProviderSettings settings, TimeSpan connect, DelegatingHandler? outer = null)
    {
        Locality locality = EndpointLocality.Of(settings);
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = locality == Locality.Cloud && !settings.PublicOnly,
            ConnectTimeout = connect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseDrainSize = MaxDrainBytes,
            ResponseDrainTimeout = DrainTimeout,
        };
        if (settings.PublicOnly)
            handler.ConnectCallback = static (context, cancellationToken) => ConnectAsync(context, PublicAddress.Is, "has no public address", cancellationToken);
        else if (locality == Locality.Local && !settings.Trusted)
            handler.ConnectCallback = static (context, cancellationToken) => ConnectAsync(context, IPAddress.IsLoopback, "is not this machine any more; set Trusted to use it for private text", cancellationToken);
        if (outer is not null)
            outer.InnerHandler = handler;
        return new HttpClient(outer ?? (HttpMessageHandler)handler) { Timeout = Timeout.InfiniteTimeSpan, BaseAddress = DirectoryOf(settings.Endpoint) };
    }

    /// <summary>The address with a slash at its end, so that relative paths are appended to it.</summary>
    public static Uri DirectoryOf(Uri endpoint) => endpoint.AbsoluteUri.EndsWith('/') ? endpoint : new Uri(endpoint.AbsoluteUri + "/");

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, Func<IPAddress, bool> allowed, string otherwise, CancellationToken cancellationToken)
    {
        string host = context.DnsEndPoint.Host;
        IPAddress[] addresses = [.. (await Dns.GetHostAddressesAsync(host, cancellationToken)).Where(allowed)];
        if (addresses.Length == 0)
            throw new HttpRequestException($"'{host}' {otherwise}.");
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
