using System.Net;
using System.Net.Sockets;

namespace HybridAgents.Core.Net;

/// <summary>Connections to addresses that somebody outside chose: no redirects, no proxy, no cookies, and to allowed addresses only, checked for the address that is connected to.</summary>
public static class GuardedHttp
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>Makes a handler. A connection to a name without an allowed address fails with a <see cref="PrivateAddressException"/> inside the <see cref="HttpRequestException"/>.</summary>
    /// <param name="allows">What may be connected to; <see cref="PublicAddress.Is"/> where there is no reason for more.</param>
    public static SocketsHttpHandler Create(Predicate<IPAddress> allows) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = ConnectLimit,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, allows, cancellationToken),
    };

    /// <summary>Whether a name has an address, and only public ones. For refusing early; what is connected to is checked again.</summary>
    public static async Task<bool> IsPublicAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = await ResolveAsync(host, cancellationToken);
            return addresses.Length > 0 && Array.TrueForAll(addresses, PublicAddress.Is);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A literal address stands for itself: name resolution would refuse 0.0.0.0 in words of its own.</summary>
    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, Predicate<IPAddress> allows, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = Array.FindAll(await ResolveAsync(target.Host, cancellationToken), allows);
        if (addresses.Length == 0)
            throw new PrivateAddressException();
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A name has no address that may be connected to.</summary>
public sealed class PrivateAddressException() : Exception("The name has no allowed address.");
