using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using HybridAgents.Functions.Storage;

namespace HybridAgents.Functions.Tests.Azurite;

/// <summary>A real Azurite table service on loopback, in a folder of its own, for the tests of one class.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("hybrid-azurite-").FullName;
    private Process? _process;

    private static string Script { get; } = Checkout.PathOf("azurite", "node_modules", "azurite", "dist", "src", "table", "main.js");

    public string ConnectionString { get; private set; } = "";

    internal TableServiceClient Service => AzureTableStore.Connect(new() { ConnectionString = ConnectionString, MaxRetries = 2, RetryDelay = TimeSpan.FromMilliseconds(10) });

    public async Task InitializeAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort();
            _process = Process.Start(new ProcessStartInfo("node", [Script, "--silent", "--disableTelemetry", "--skipApiVersionCheck", "--inMemoryPersistence",
                "--tableHost", "127.0.0.1", "--tablePort", $"{port}"])
            {
                WorkingDirectory = _folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            _process.OutputDataReceived += static (_, _) => { };
            _process.ErrorDataReceived += static (_, _) => { };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            // The account and key that every storage emulator has.
            ConnectionString = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
                + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
                + $"TableEndpoint=http://127.0.0.1:{port}/devstoreaccount1;";
            if (await ListensAsync(port, _process))
                return;
            if (attempt == 3)
                throw new InvalidOperationException($"Azurite did not start on port {port}.");
        }
    }

    public async Task DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> ListensAsync(int port, Process process)
    {
        long start = Stopwatch.GetTimestamp();
        while (!process.HasExited && Stopwatch.GetElapsedTime(start) < Patience)
        {
            using TcpClient probe = new();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(50); // A process that starts tells nobody: there is only asking again.
            }
        }

        return false;
    }
}
