using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace HybridAgents.Cli.Tests.Support;

/// <summary>The real executable in a process and a folder of its own.</summary>
internal sealed partial class HybridProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly StringBuilder _error = new();
    private readonly Task _errorEnd;

    private HybridProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errorEnd = ReadErrorAsync();
    }

    /// <summary>Starts the program. Of the variables that it reads only those given are set.</summary>
    public static HybridProcess Start(string folder, IReadOnlyDictionary<string, string> variables, string? input, params string[] args)
    {
        ProcessStartInfo info = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "hybrid.dll"), .. args])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            StandardErrorEncoding = new UTF8Encoding(false),
        };
        foreach (string name in (string[])["HYBRID_SERVER", "HYBRID_TOKEN", "LOG_LEVEL", "OLLAMA_HOST", "OPENAI_API_KEY"])
            info.Environment.Remove(name);
        foreach ((string name, string value) in variables)
            info.Environment[name] = value;
        Process process = Process.Start(info)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return new(process);
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<ProcessResult> RunAsync(string folder, IReadOnlyDictionary<string, string> variables, string? input, params string[] args)
    {
        await using HybridProcess process = Start(folder, variables, input, args);
        return await process.EndAsync();
    }

    public async Task<ProcessResult> EndAsync()
    {
        using CancellationTokenSource timer = new(Limit);
        await _process.WaitForExitAsync(timer.Token);
        await _errorEnd;
        return new(_process.ExitCode, await _output, _error.ToString());
    }

    /// <summary>Sends SIGINT, as Ctrl+C does.</summary>
    public void Interrupt() => kill(_process.Id, 2).ShouldBe(0);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadErrorAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
            _error.Append(line).Append('\n');
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int process, int signal);
}

/// <summary>What a process left behind.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);
