using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HybridAgents.Local.Tests.Support;

/// <summary>The real program, as a user starts it.</summary>
internal sealed partial class HostProcess : IDisposable
{
    public const int Sigterm = 15;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    public static HostProcess Start(string workingFolder, string[] args, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet", [typeof(LocalHost).Assembly.Location, .. args])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Waits for the ready line; the lines before it come with it.</summary>
    public async Task<(Uri Url, IReadOnlyList<string> Lines)> ReadyAsync()
    {
        const string ready = "HybridAgents ready on ";
        List<string> lines = [];
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit) is { } line)
        {
            lines.Add(line);
            if (line.StartsWith(ready, StringComparison.Ordinal))
                return (new Uri(line[ready.Length..]), lines);
        }

        throw new InvalidOperationException($"The host ended before it was ready: {await _process.StandardError.ReadToEndAsync()}");
    }

    public void Signal(int signal) => Kill(_process.Id, signal).ShouldBe(0);

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        Task<string> output = _process.StandardOutput.ReadToEndAsync();
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return (_process.ExitCode, await output, await errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
