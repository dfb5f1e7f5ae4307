using System.Diagnostics;
using System.Text.Json;

namespace HybridAgents.TestSupport.Hosting;

/// <summary>A package of this repository that runs on Node: a library of others, driven as its authors mean it.</summary>
/// <param name="folder">Its folder, from the repository's root.</param>
/// <param name="module">The module that must be installed in it.</param>
public sealed class NodePackage(string folder, string module)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Gets where it lies.</summary>
    public string Folder { get; } = Path.Combine(Root(), Path.Combine(folder.Split('/')));

    /// <summary>Gets why it cannot run here; null if it can. Where <c>HYBRIDAGENTS_REQUIRE_NODE</c> is set, it has to.</summary>
    public string? Missing => Environment.GetEnvironmentVariable("HYBRIDAGENTS_REQUIRE_NODE") is { Length: > 0 } ? null
        : !Directory.Exists(Path.Combine([Folder, "node_modules", .. module.Split('/')])) ? $"It is not installed: npm ci --prefix {folder}"
        : !HasNode() ? "Node is not installed."
        : null;

    /// <summary>Starts a script; its output can be read.</summary>
    public Process Start(string script, string[] arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("node", [script, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs a script to its end; gives the JSON that it printed.</summary>
    public async Task<JsonElement> RunAsync(string script, string[] arguments, params (string Name, string Value)[] environment)
    {
        using Process node = Start(script, arguments, environment);
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
        .Any(static path => File.Exists(Path.Combine(path, "node")) || File.Exists(Path.Combine(path, "node.exe")));

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HybridAgents.slnf")))
            folder = folder.Parent;
        return folder!.FullName;
    }
}
