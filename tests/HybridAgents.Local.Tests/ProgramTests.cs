using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Local.Tests;

/// <summary>The process as its users and their service managers see it.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly string[] AnyPort = ["--urls", "http://127.0.0.1:0", "--Providers:Ollama:Enabled", "false"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task Start_Twice_MakesOneKeyAndFindsItsRunsAgain()
    {
        string runId;
        string key;
        using (HostProcess first = HostProcess.Start(_folder.Path, AnyPort))
        {
            (Uri url, IReadOnlyList<string> lines) = await first.ReadyAsync();
            lines.Count.ShouldBe(2);
            string file = Path.Combine(_folder.Path, ".hybridagents", "admin.key");
            key = (await File.ReadAllTextAsync(file)).Trim();
            lines[0].ShouldEndWith(key);
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.GetUnixFileMode(Path.GetDirectoryName(file)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using RunClient client = new(url, key);
            runId = await client.StartAsync(RunClient.Body("What is 17 * 23?"));
            await client.WaitAsync(runId, "completed");
            first.Signal(HostProcess.Sigterm);
            (int exitCode, string output, string errors) = await first.EndAsync();
            exitCode.ShouldBe(0, errors);
            output.ShouldBeEmpty();
            errors.ShouldNotContain(key);
        }

        using HostProcess second = HostProcess.Start(_folder.Path, AnyPort);
        (Uri again, IReadOnlyList<string> ready) = await second.ReadyAsync();
        ready.Count.ShouldBe(1);
        using RunClient later = new(again, key);
        JsonElement run = await later.GetAsync($"/api/v1/agents/status/{runId}");
        run.GetProperty("status").GetString().ShouldBe("completed");
    }

    [UnixFact]
    public async Task Sigterm_RunWaitingForAPerson_DrainsAndTheRunGoesOnAfterTheRestart()
    {
        string runId;
        using (HostProcess first = HostProcess.Start(_folder.Path, [.. AnyPort, "--auth", "none"]))
        {
            (Uri url, _) = await first.ReadyAsync();
            using RunClient client = new(url, null);
            runId = await client.StartAsync(RunClient.Body("What is 17 * 23?", ""","approval":{"tools":["calculator"]}"""));
            await client.WaitAsync(runId, "requires_action");
            Task<List<JsonElement>> watching = client.EventsAsync(runId);
            first.Signal(HostProcess.Sigterm);
            (await first.EndAsync()).ExitCode.ShouldBe(0);
            (await watching).ShouldNotContain(static item => item.GetProperty("type").GetString() == "run.completed");
        }

        using HostProcess second = HostProcess.Start(_folder.Path, [.. AnyPort, "--auth", "none"]);
        (Uri again, _) = await second.ReadyAsync();
        using RunClient later = new(again, null);
        JsonElement waiting = await later.WaitAsync(runId, "requires_action");
        string call = waiting.GetProperty("required_action").GetProperty("calls")[0].GetProperty("call_id").GetString()!;
        using HttpResponseMessage answer = await later.PostAsync($"/api/v1/agents/runs/{runId}/approvals/{call}", """{"decision":"approve"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await later.WaitAsync(runId, "completed");
    }

    [UnixFact]
    public async Task Sigterm_SecondOneWhileARequestHoldsTheDrain_EndsAtOnce()
    {
        using HostProcess host = HostProcess.Start(_folder.Path, [.. AnyPort, "--auth", "none"]);
        (Uri url, _) = await host.ReadyAsync();
        using TcpClient slow = new();
        await slow.ConnectAsync(url.Host, url.Port);
        await slow.GetStream().WriteAsync("POST /api/v1/agents/run HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n"u8.ToArray());
        using StreamReader reader = new(slow.GetStream());
        (await reader.ReadLineAsync()).ShouldNotBeNull().ShouldContain("100 Continue"); // The handler now waits for the body.
        host.Signal(HostProcess.Sigterm);
        await UntilRefusedAsync(url);
        host.Signal(HostProcess.Sigterm);
        (await host.EndAsync()).ExitCode.ShouldBe(143);
    }

    [Theory]
    [InlineData("Auth:Mode", "'maybe'", "keys, none", "--auth", "maybe")]
    [InlineData("urls", "'http://0.0.0.0:0'", "loopback", "--urls", "http://0.0.0.0:0", "--auth", "none")]
    [InlineData("urls", "'http://example.org:0'", "loopback", "--urls", "http://example.org:0", "--auth", "none")]
    [InlineData("urls", "'https://127.0.0.1:0'", "http://", "--urls", "https://127.0.0.1:0")]
    [InlineData("urls", "'nonsense'", "http://", "--urls", "nonsense")]
    [InlineData("--colour", "--colour", "--urls, --data, --auth", "--colour", "red")]
    [InlineData("--data", "--data", "needs a value", "--data")]
    [InlineData("Data:Path", "file/data", "folder", "--data", "file/data")]
    [InlineData("Logging:LogLevel:Default", "'loud'", "Warning", "--Logging:LogLevel:Default", "loud")]
    [InlineData("Timeouts:Total", "'soon'", "number", "--Timeouts:Total", "soon")]
    [InlineData("Routing:ComplexityThreshold", "'much'", "Double", "--Routing:ComplexityThreshold", "much")]
    [InlineData("Runs:MaxConcurrent", "'0'", "1 to 100000", "--Runs:MaxConcurrent", "0")]
    [InlineData("Runs:RetentionDays", "RetentionDays", "1 to", "--Runs:RetentionDays", "0")]
    public async Task Start_WrongConfiguration_EndsWithOneLineNamingKeyValueAndAllowed(string key, string value, string allowed, params string[] args)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "file"), "");
        string[] rest = args[0] == "--urls" ? [] : ["--urls", "http://127.0.0.1:0"];
        using HostProcess host = HostProcess.Start(_folder.Path, [.. rest, .. args]);
        (int exitCode, string output, string errors) = await host.EndAsync();
        exitCode.ShouldBe(78, errors);
        output.ShouldBeEmpty();
        string line = errors.TrimEnd().Split('\n').ShouldHaveSingleItem();
        line.ShouldContain(key);
        line.ShouldContain(value);
        line.ShouldContain(allowed);
    }

    [Fact]
    public async Task Start_PortInUse_EndsWithOneLine()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using HostProcess host = HostProcess.Start(_folder.Path, ["--urls", $"http://127.0.0.1:{port}"], ("LOG_LEVEL", "CRITICAL"));
        (int exitCode, _, string errors) = await host.EndAsync();
        exitCode.ShouldBe(1);
        string line = errors.TrimEnd().Split('\n').ShouldHaveSingleItem();
        line.ShouldContain($"{port}");
        line.ShouldContain("in use");
    }

    private static async Task UntilRefusedAsync(Uri url)
    {
        while (true)
        {
            using TcpClient probe = new();
            try
            {
                await probe.ConnectAsync(url.Host, url.Port);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
