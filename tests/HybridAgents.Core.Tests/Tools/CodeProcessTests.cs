using System.Diagnostics;
using System.Text.Json;
using HybridAgents.Core.Tools.Code;
using HybridAgents.TestSupport;

namespace HybridAgents.Core.Tests.Tools;

/// <summary>What the system says of a process that runs code.</summary>
public sealed class CodeProcessTests
{
    private const int Megabytes = 77; // By which the process is found.
    private const string Mark = "DOTNET_GCHeapHardLimit=4d00000";

    [LinuxFact]
    public async Task Process_RunningCode_HasNoEnvironmentNoRightsAndAnEmptyFolder()
    {
        Environment.SetEnvironmentVariable("HYBRIDAGENTS_TEST_SECRET", "not for scripts");
        using CodeSandbox sandbox = new(new() { TimeoutSeconds = 60, MemoryMegabytes = Megabytes });
        using CancellationTokenSource cancel = new();
        Task running = sandbox.RunAsync("while (true) { }", cancel.Token);

        string process = await LockedDownAsync(running);
        string folder = new FileInfo(Path.Combine(process, "cwd")).LinkTarget!;
        (await File.ReadAllTextAsync(Path.Combine(process, "environ"))).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(entry => entry.StartsWith("DOTNET_", StringComparison.Ordinal));
        (await File.ReadAllTextAsync(Path.Combine(process, "status"))).ShouldContain("NoNewPrivs:\t1");
        string[] limits = await File.ReadAllLinesAsync(Path.Combine(process, "limits"));
        limits.ShouldContain(line => line.StartsWith("Max file size", StringComparison.Ordinal) && line.Contains(" 0 ", StringComparison.Ordinal));
        limits.ShouldContain(line => line.StartsWith("Max open files", StringComparison.Ordinal) && line.Contains(" 128 ", StringComparison.Ordinal));
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
        Path.GetFileName(folder).ShouldStartWith("hybridagents-code-");

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        Directory.Exists(process).ShouldBeFalse();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task Process_InputCloses_Ends()
    {
        ProcessStartInfo start = new("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "HybridAgents.Sandbox.dll")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { Code = "while (true) { }", Seconds = 60, Megabytes = 64, MaxCharacters = 100 }));
        process.StandardInput.Close();

        (await process.StandardOutput.ReadToEndAsync()).ShouldBeEmpty();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(1);
    }

    /// <summary>Waits until the process has given up its rights; the path of what the system says of it.</summary>
    private static async Task<string> LockedDownAsync(Task running)
    {
        while (!running.IsCompleted)
        {
            foreach (string process in Directory.EnumerateDirectories("/proc").Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
            {
                if (Read(process, "environ").Contains(Mark, StringComparison.Ordinal) && Read(process, "status").Contains("Seccomp:\t2", StringComparison.Ordinal))
                    return process;
            }

            await Task.Yield();
        }

        throw new InvalidOperationException("The code ended before its process was found.");
    }

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // It has ended, or is not ours.
        }
    }
}
