using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools.Code;
using HybridAgents.Core.Tools.Mcp;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Tools;

/// <summary>Settings of the tools that are off until configured, bound from the section <c>Tools</c>.</summary>
public sealed class ToolOptions
{
    /// <summary>Gets or sets the settings of <c>file_read</c> and <c>file_write</c>.</summary>
    public FileToolOptions Files { get; set; } = new();

    /// <summary>Gets or sets the settings of <c>http_fetch</c>.</summary>
    public HttpFetchOptions HttpFetch { get; set; } = new();

    /// <summary>Gets or sets the settings of <c>web_search</c>.</summary>
    public WebSearchOptions WebSearch { get; set; } = new();

    /// <summary>Gets or sets the settings of <c>run_code</c>.</summary>
    public RunCodeOptions RunCode { get; set; } = new();

    /// <summary>Gets or sets MCP servers by name, for every tenant: <c>Tools:Mcp:{name}</c>.</summary>
    public Dictionary<string, McpServerSpec> Mcp { get; set; } = [];

    /// <summary>Gets or sets whether administrators may add MCP servers by the API that are programs, started here with this host's rights; false by default.</summary>
    public bool AllowMcpCommands { get; set; }

    /// <summary>Gets or sets request headers by name, for registered tools and MCP servers that ask for them: <c>Tools:Headers:{name}:{header}</c>. Secrets belong here.</summary>
    public Dictionary<string, Dictionary<string, string>> Headers { get; set; } = [];

    /// <summary>Gets or sets the names of registered tools that private text may go to; none by default.</summary>
    public string[] Trusted { get; set; } = [];

    /// <summary>Where the arguments of a registered tool go, as far as private text is concerned.</summary>
    public Locality LocalityOf(string name) => Trusted.Contains(name, StringComparer.Ordinal) ? Locality.Local : Locality.Cloud;
}

/// <summary>Settings of the file tools.</summary>
public sealed class FileToolOptions
{
    /// <summary>Gets or sets the folder that the tools may use; null (the default) for no file tools. It is made when it is missing.</summary>
    public string? Root { get; set; }

    /// <summary>Gets or sets the largest file in bytes: 1 to 16 MiB, 1 MiB by default.</summary>
    public int MaxBytes { get; set; } = 1024 * 1024;
}

/// <summary>Settings of <c>http_fetch</c>.</summary>
public sealed class HttpFetchOptions
{
    /// <summary>Gets or sets whether there is the tool; false by default.</summary>
    public bool Enabled { get; set; }

    /// <summary>Gets or sets whether private text may go into its addresses; false by default.</summary>
    public bool Trusted { get; set; }

    /// <summary>Gets or sets whether it may reach private, loopback and link-local addresses; false by default.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>Gets or sets the most bytes of an unpacked answer that are read: 1 to 16 MiB, 1 MiB by default.</summary>
    public int MaxBytes { get; set; } = 1024 * 1024;
}

/// <summary>Settings of <c>web_search</c>.</summary>
public sealed class WebSearchOptions
{
    /// <summary>Gets or sets whether there is the tool; false by default.</summary>
    public bool Enabled { get; set; }

    /// <summary>Gets or sets the search address of a SearXNG instance or of a service that answers alike: it gets <c>q</c> and <c>format=json</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the bearer key of the endpoint; null for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets whether private text may be searched for; false by default.</summary>
    public bool Trusted { get; set; }
}

/// <summary>Settings of <c>run_code</c>.</summary>
public sealed class RunCodeOptions
{
    /// <summary>Gets or sets whether there is the tool; false by default.</summary>
    public bool Enabled { get; set; }

    /// <summary>Gets or sets how long code may run, in seconds: 1 to 60, 5 by default.</summary>
    public int TimeoutSeconds { get; set; } = 5;

    /// <summary>Gets or sets how much memory a script's objects may take, in MiB: 32 to 1024, 64 by default.</summary>
    public int MemoryMegabytes { get; set; } = 64;

    /// <summary>Gets or sets how many scripts run at once in this process: 1 to 16, 2 by default; more wait.</summary>
    public int MaxConcurrent { get; set; } = 2;
}

internal sealed class ToolOptionsValidator : IValidateOptions<ToolOptions>
{
    private const int MaxBytes = 16 * 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, ToolOptions options)
    {
        List<string> faults = [];
        Bound("Tools:Files:MaxBytes", options.Files.MaxBytes, 1, MaxBytes);
        Bound("Tools:HttpFetch:MaxBytes", options.HttpFetch.MaxBytes, 1, MaxBytes);
        Bound("Tools:RunCode:TimeoutSeconds", options.RunCode.TimeoutSeconds, 1, 60);
        Bound("Tools:RunCode:MemoryMegabytes", options.RunCode.MemoryMegabytes, 32, 1024);
        Bound("Tools:RunCode:MaxConcurrent", options.RunCode.MaxConcurrent, 1, 16);
        if (options.RunCode.Enabled && CodeSandbox.Objection() is { } objection)
            faults.Add($"Tools:RunCode:Enabled is true and code cannot be run here: {objection}.");
        if (options.Files.Root is { } root && string.IsNullOrWhiteSpace(root))
            faults.Add("Tools:Files:Root is empty; allowed is the path of a folder.");
        if (options.WebSearch is { Enabled: true, Endpoint: not { IsAbsoluteUri: true, Scheme: "http" or "https" } })
            faults.Add($"Tools:WebSearch:Enabled is true and Tools:WebSearch:Endpoint is '{options.WebSearch.Endpoint}'; allowed is an absolute http or https address.");
        foreach ((string key, McpServerSpec server) in options.Mcp)
        {
            faults.AddRange((server with { Name = key.ToLowerInvariant() }).Faults().Select(fault => $"Tools:Mcp:{key}:{fault.Field} {fault.Message}."));
            if (server.HeadersRef is { } reference && !options.Headers.ContainsKey(reference))
                faults.Add($"Tools:Mcp:{key}:HeadersRef is '{reference}', which Tools:Headers does not have.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Bound(string key, int value, int least, int most)
        {
            if (value < least || value > most)
                faults.Add($"{key} is {value}; allowed are {least} to {most}.");
        }
    }
}
