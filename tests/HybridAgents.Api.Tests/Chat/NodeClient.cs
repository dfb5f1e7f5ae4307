using System.Diagnostics;
using System.Text.Json;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>Runs <c>openai-node/client.mjs</c>.</summary>
internal static class NodeClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Why it cannot run here; null if it can. Where <c>HYBRIDAGENTS_REQUIRE_NODE</c> is set, it has to.</summary>
    public static string? Missing { get; } = Environment.GetEnvironmentVariable("HYBRIDAGENTS_REQUIRE_NODE") is { Length: > 0 } ? null
        : !Directory.Exists(Path.Combine(Folder(), "node_modules", "openai")) ? "The client is not installed: npm ci --prefix tests/HybridAgents.Api.Tests/Chat/openai-node"
        : !HasNode() ? "Node is not installed."
        : null;

    /// <summary>What a scenario saw.</summary>
    public static async Task<JsonElement> RunAsync(string scenario, Uri server, string key)
    {
        ProcessStartInfo start = new("node", ["client.mjs", scenario]) { WorkingDirectory = Folder(), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["BASE_URL"] = new Uri(server, "/v1").ToString();
        start.Environment["KEY"] = key;
        using Process node = Process.Start(start)!;
        Task<string> output = node.StandardOutput.ReadToEndAsync(), errors = node.StandardError.ReadToEndAsync();
        try
        {
            await node.WaitForExitAsync().WaitAsync(Limit);
        }
        finally
        {
            if (!node.HasExited)
                node.Kill();
        }

        node.ExitCode.ShouldBe(0, await errors);
        return JsonElement.Parse(await output);
    }

    private static bool HasNode() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(static folder => File.Exists(Path.Combine(folder, "node")) || File.Exists(Path.Combine(folder, "node.exe")));

    private static string Folder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HybridAgents.slnf")))
            folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "HybridAgents.Api.Tests", "Chat", "openai-node");
    }
}

/// <summary>A test that needs node and the installed client.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NodeClient.Missing;
}
