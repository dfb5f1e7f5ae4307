using System.Text.RegularExpressions;

namespace HybridAgents.Core.Tools.Mcp;

/// <summary>An MCP server whose tools agents may use: one that is reached by streamable HTTP, or a program that is started and spoken to by standard input and output.</summary>
public sealed partial record McpServerSpec
{
    /// <summary>Gets the name, <c>^[a-z][a-z0-9_]{1,30}$</c>; its tools are called <c>{name}_{tool}</c>. In the configuration it is the key.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the address of a server that is reached; null for a program.</summary>
    public Uri? Url { get; init; }

    /// <summary>Gets the program of a server that is started, with this host's rights; null for one that is reached.</summary>
    public string? Command { get; init; }

    /// <summary>Gets the program's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Gets the name under which the configuration has request headers, or environment variables of the program: <c>Tools:Headers:{name}</c>; null for none.</summary>
    public string? HeadersRef { get; init; }

    /// <summary>Gets whether private text may go to it; false by default.</summary>
    public bool Trusted { get; init; }

    /// <summary>Gets when a person must agree before any of its tools runs.</summary>
    public ToolApproval Approval { get; init; }

    /// <summary>Gets the longest run of a tool, 1 to 300 s; 60 s by default.</summary>
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>Gets whether the address may be one that is not public.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>What is wrong, by field, and what is allowed; empty when nothing is.</summary>
    public IEnumerable<(string Field, string Message)> Faults()
    {
        if (!NamePattern().IsMatch(Name))
            yield return (nameof(Name), "must fit ^[a-z][a-z0-9_]{1,30}$");
        if ((Url is null) == (Command is null))
            yield return (nameof(Url), "must be given, or a command, and not both");
        if (Url is not null and not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", Fragment: "" })
            yield return (nameof(Url), "must be an absolute http or https address without user information");
        if (Command is { } command && string.IsNullOrWhiteSpace(command))
            yield return (nameof(Command), "must be the name or path of a program");
        if (TimeoutSeconds is < 1 or > 300)
            yield return (nameof(TimeoutSeconds), "must be 1 to 300");
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]{1,30}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
