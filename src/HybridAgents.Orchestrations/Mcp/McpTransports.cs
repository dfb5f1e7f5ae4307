using HybridAgents.Core.Net;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Mcp;
using ModelContextProtocol.Client;

namespace HybridAgents.Orchestrations.Mcp;

/// <summary>Ways to a server, with no more rights than it needs.</summary>
internal static class McpTransports
{
    private const long MaxAnswerBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(2);

    public static IClientTransport Create(McpServerSpec spec, ToolOptions options, TimeSpan connectLimit)
    {
        Dictionary<string, string> secrets = spec.HeadersRef is { } reference ? options.Headers.GetValueOrDefault(reference) ?? [] : [];
        return spec.Url is { } url ? Http(spec, url, secrets, connectLimit) : Program(spec, secrets);
    }

    private static HttpClientTransport Http(McpServerSpec spec, Uri url, Dictionary<string, string> headers, TimeSpan connectLimit)
    {
        BoundedResponses handler = new(GuardedHttp.Create(spec.AllowPrivate ? PublicAddress.Any : PublicAddress.Is), MaxAnswerBytes);
        HttpClientTransportOptions options = new()
        {
            Endpoint = url,
            Name = spec.Name,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = headers,
            ConnectionTimeout = connectLimit,
        };
        return new(options, new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }, loggerFactory: null, ownsHttpClient: true);
    }

    /// <summary>The program does not get this process's environment, which holds keys: a few harmless variables, and what is configured for it.</summary>
    private static StdioClientTransport Program(McpServerSpec spec, Dictionary<string, string> variables)
    {
        Dictionary<string, string?> environment = StdioClientTransportOptions.GetDefaultEnvironmentVariables();
        foreach ((string name, string value) in variables)
            environment[name] = value;
        return new(new()
        {
            Command = spec.Command!,
            Arguments = [.. spec.Arguments],
            Name = spec.Name,
            InheritEnvironmentVariables = false,
            EnvironmentVariables = environment,
            ShutdownTimeout = ShutdownLimit,
        });
    }
}
