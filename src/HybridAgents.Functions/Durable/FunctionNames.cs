namespace HybridAgents.Functions.Durable;

/// <summary>How an orchestrator's version is part of its function's name: <c>AgentRun_v2</c>.</summary>
internal static class FunctionNames
{
    private const string Separator = "_v";

    /// <summary>The function of a version.</summary>
    public static string Of(string name, string version) => name + Separator + version;

    /// <summary>Name and version of a function; the version is empty where the name says none.</summary>
    public static (string Name, string Version) Parse(string function)
    {
        int at = function.LastIndexOf(Separator, StringComparison.Ordinal);
        return at < 0 ? (function, "") : (function[..at], function[(at + Separator.Length)..]);
    }
}
