using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using HybridAgents.Cli.Tests.Support;
using HybridAgents.Local;

namespace HybridAgents.Cli.Tests;

public sealed class EmbeddedHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _address = $"http://127.0.0.1:{FreePort()}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_NothingListens_BringsItsOwnHostAndAnswersWithBothTools()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;

        ProcessResult result = await HybridAsync("run", "What is 17 * 23, and what day is it?");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("391");
        new[] { before, DateTimeOffset.UtcNow }.ShouldContain(now => result.Output.Contains(now.DayOfWeek.ToString(), StringComparison.Ordinal));
        result.Error.ShouldContain("route   offline:demo");
        result.Error.ShouldContain("""tool    calculator {"expression":"17 * 23"}""");
        result.Error.ShouldContain("result  calculator 391");
        result.Error.ShouldContain($"result  get_time {before.Year.ToString(CultureInfo.InvariantCulture)}-");
    }

    [Fact]
    public async Task Run_OwnHostEnded_RunAndKeyOutliveIt()
    {
        ProcessResult run = await HybridAsync("run", "What is 2 + 3?", "--json");
        string id = JsonNode.Parse(run.Output)!["run_id"]!.GetValue<string>();

        await using LocalHost host = LocalHost.Build(["--urls", "http://127.0.0.1:0", "--data", Path.Combine(_folder.Path, ".hybridagents"), "--Logging:LogLevel:Default", "Error"]);
        await host.StartAsync();
        ProcessResult status = await HybridAsync("status", id, "--wait", "--server", host.Url.ToString());
        ProcessResult list = await HybridAsync("list", "--server", host.Url.ToString());
        ProcessResult events = await HybridAsync("events", id, "--follow", "--json", "--server", host.Url.ToString());
        ProcessResult cancel = await HybridAsync("cancel", id, "--server", host.Url.ToString());
        ProcessResult absent = await HybridAsync("status", "run_01HZZZZZZZZZZZZZZZZZZZZZZZ", "--server", host.Url.ToString());
        ProcessResult refused = await HybridAsync("list", "--token", "wrong", "--server", host.Url.ToString());
        await host.StopAsync();

        status.Output.ShouldContain("5");
        list.Output.ShouldContain(id);
        JsonNode.Parse(events.Output.TrimEnd().Split('\n')[^1])!["type"]!.GetValue<string>().ShouldBe("run.completed");
        cancel.Output.ShouldBe($"{id}  completed\n");
        (absent.ExitCode, refused.ExitCode).ShouldBe((4, 3));
    }

    [Fact]
    public async Task Run_TwoAtOnceOnOneFolder_ShareOneHostAndBothAnswer()
    {
        ProcessResult[] results = await Task.WhenAll(HybridAsync("run", "What is 17 * 23?"), HybridAsync("run", "What is 18 * 24?"));

        results.Select(static result => result.ExitCode).ShouldBe([0, 0], results[0].Error + results[1].Error);
        results[0].Output.ShouldContain("391");
        results[1].Output.ShouldContain("432");
    }

    [Fact]
    public async Task QueryCommands_OnTheFolderOfAnEarlierRun_BringTheirOwnHost()
    {
        string id = JsonNode.Parse((await HybridAsync("run", "What is 2 + 3?", "--json")).Output)!["run_id"]!.GetValue<string>();

        ProcessResult list = await HybridAsync("list");
        ProcessResult status = await HybridAsync("status", id, "--wait");

        list.Output.ShouldContain(id);
        (status.ExitCode, status.Output.Contains('5')).ShouldBe((0, true), status.Error);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("run", "hi", "--detach")]
    public async Task OtherCommands_NothingListens_ExitFiveAndStartNoHost(params string[] args)
    {
        ProcessResult result = await HybridAsync(args);

        result.ExitCode.ShouldBe(5);
        result.Error.ShouldContain("cannot be reached");
        Directory.Exists(Path.Combine(_folder.Path, ".hybridagents")).ShouldBeFalse();
    }

    [Fact]
    public async Task Run_SomethingElseListens_ExitsFive()
    {
        using TcpListener other = new(IPAddress.Loopback, new Uri(_address).Port);
        other.Start();
        Task answering = AnswerAsync(other);

        ProcessResult result = await HybridAsync("run", "hi");

        result.ExitCode.ShouldBe(5);
        result.Error.ShouldContain("Something that is not a HybridAgents server listens");
        await answering;
    }

    private Task<ProcessResult> HybridAsync(params string[] args) =>
        HybridProcess.RunAsync(_folder.Path, new Dictionary<string, string> { ["HYBRID_SERVER"] = _address }, null, args);

    private static async Task AnswerAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync("SSH-2.0-Other\r\n"u8.ToArray());
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
