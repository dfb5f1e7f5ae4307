using System.Net;
using HybridAgents.Api.Auth;

namespace HybridAgents.Local.Configuration;

/// <summary>Where the host listens: http on one or more addresses.</summary>
internal static class ListenAddresses
{
    public const string Key = "urls";
    public const string Default = "http://127.0.0.1:7071";

    /// <summary>Reads and checks the addresses.</summary>
    /// <exception cref="ConfigurationException">One is malformed, or reachable from other machines on a host without keys.</exception>
    public static string[] Read(IConfiguration configuration, AuthOptions auth)
    {
        string[] urls = (configuration[Key] ?? Default).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0)
            throw new ConfigurationException($"{Key} is empty; allowed: addresses such as {Default}, separated by ';'.");
        foreach (string url in urls)
        {
            if (!IsLoopback(Parse(url).Host) && !auth.NeedsKeys)
                throw new ConfigurationException($"{Key} is '{url}' and Auth:Mode is 'none'; allowed without keys: loopback addresses, such as {Default}.");
        }

        return urls;
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            BindingAddress address = BindingAddress.Parse(url);
            if (address.Scheme == "http" && !address.IsUnixPipe && address.PathBase.Length == 0)
                return address;
        }
        catch (FormatException)
        {
        }

        throw new ConfigurationException($"{Key} is '{url}'; allowed: http://HOST:PORT, such as {Default}; for https put a proxy in front.");
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
