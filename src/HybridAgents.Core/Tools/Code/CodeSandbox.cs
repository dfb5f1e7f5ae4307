using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using HybridAgents.Sandbox;

namespace HybridAgents.Core.Tools.Code;

/// <summary>Runs scripts, each in a process of its own that gets neither this one's environment nor its folder and is ended with whatever it started. Safe for concurrent use.</summary>
internal sealed class CodeSandbox(RunCodeOptions options) : IDisposable
{
    private const int MaxCharacters = 256 * 1024;
    private const int MaxBytes = 2 * 1024 * 1024;

    // A script ends itself when its time is up; this much later its process is ended: starting one takes a while on a busy machine.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _free = new(options.MaxConcurrent);

    /// <summary>Gets the program that runs scripts: it lies beside this one.</summary>
    private static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "HybridAgents.Sandbox.dll");

    /// <summary>Gets the .NET host of the running runtime.</summary>
    private static string Dotnet { get; } = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>Why scripts cannot be run here; null if they can.</summary>
    public static string? Objection() => Array.Find([Program, Dotnet], static file => !File.Exists(file)) is { } missing ? $"'{missing}' is missing" : null;

    /// <summary>Runs a script to its end, or to that of its time.</summary>
    /// <returns>What it answered; null when its process ended without an answer, or answered more than allowed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the process has ended.</exception>
    public async Task<CodeAnswer?> RunAsync(string code, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hybridagents-code-");
        try
        {
            return await RunAsync(new CodeRequest(code, options.TimeoutSeconds, options.MemoryMegabytes, MaxCharacters), folder.FullName, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task<CodeAnswer?> RunAsync(CodeRequest request, string folder, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(request.Seconds) + Grace);
        using Process process = new() { StartInfo = StartInfo(folder) };
        process.Start();
        try
        {
            Task drained = process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token);
            // The input stays open: a process whose host is gone ends itself.
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request, CodeProtocol.Default.CodeRequest).AsMemory(), limit.Token);
            await process.StandardInput.FlushAsync(limit.Token);
            byte[]? answer = await ReadAsync(process.StandardOutput.BaseStream, limit.Token);
            await drained;
            return answer is { Length: > 0 } ? JsonSerializer.Deserialize(answer, CodeProtocol.Default.CodeAnswer) : null;
        }
        catch (Exception error) when (error is IOException or JsonException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
        finally
        {
            await EndAsync(process);
        }
    }

    private ProcessStartInfo StartInfo(string folder)
    {
        ProcessStartInfo start = new(Dotnet, ["exec", Program])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        // Windows starts nothing without it.
        string? system = OperatingSystem.IsWindows() ? Environment.GetEnvironmentVariable("SystemRoot") : null;
        start.Environment.Clear();
        if (system is not null)
            start.Environment["SystemRoot"] = system;
        start.Environment["DOTNET_GCHeapHardLimit"] = (options.MemoryMegabytes * 1024L * 1024L).ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }

    private static async Task<byte[]?> ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        using MemoryStream all = new();
        byte[] part = new byte[8192];
        while (await output.ReadAsync(part, cancellationToken) is > 0 and int count)
        {
            if (all.Length + count > MaxBytes)
                return null;
            all.Write(part, 0, count);
        }

        return all.ToArray();
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }
}
