using System.Net;
using System.Net.Sockets;

namespace HybridAgents.Core.Net;

/// <summary>Tells addresses of the public internet from those that reach this machine, its network or nothing at all.</summary>
/// <remarks>The special-purpose registries of IANA. What IPv6 does not hand out as global unicast is refused, and so are the forms that hide an IPv4 address.</remarks>
public static class PublicAddress
{
    private static readonly IPNetwork[] Special4 = Parse(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    private static readonly IPNetwork GlobalUnicast6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Special6 = Parse("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    /// <summary>Whether <paramref name="address"/> is one of the public internet.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? !Array.Exists(Special4, network => network.Contains(address))
            : GlobalUnicast6.Contains(address) && !Array.Exists(Special6, network => network.Contains(address));
    }

    /// <summary>Any address at all: for what an administrator has chosen.</summary>
    public static bool Any(IPAddress address) => true;

    private static IPNetwork[] Parse(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
