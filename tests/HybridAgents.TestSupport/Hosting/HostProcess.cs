using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HybridAgents.TestSupport.Hosting;

/// <summary>The real program, as a user starts it. The test project that uses it references the local host.</summary>
public sealed partial class HostProcess : IDisposable
{
    public const int Sigterm = 15;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(); // Read all along: a full pipe would hold the process.
    }

    public static HostProcess Start(string workingFolder, string[] args, params (string Name, string Value)[] environment) =>
        Start("HybridAgents.Local.dll", workingFolder, args, environment);

    /// <summary>The same by another program that lies beside the tests.</summary>
    public static HostProcess Start(string program, string workingFolder, string[] args, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. args])
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

        throw new InvalidOperationException($"The host ended before it was ready: {await _errors}");
    }

    /// <summary>The memory that the process holds now and has held at most, in MiB.</summary>
    public (int Now, int Most) ResidentMemory()
    {
        _process.Refresh();
        return ((int)(_process.WorkingSet64 >> 20), (int)(_process.PeakWorkingSet64 >> 20));
    }

    public void Signal(int signal) => Kill(_process.Id, signal).ShouldBe(0);

    /// <summary>Ends the process on the spot, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        Task<string> output = _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return (_process.ExitCode, await output, await _errors);
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
