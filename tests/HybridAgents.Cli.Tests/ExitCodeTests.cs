using System.Net;
using HybridAgents.Cli.Tests.Support;

namespace HybridAgents.Cli.Tests;

public sealed class ExitCodeTests : CliTest
{
    [Theory]
    [InlineData(HttpStatusCode.BadRequest, 2)]
    [InlineData(HttpStatusCode.Unauthorized, 3)]
    [InlineData(HttpStatusCode.Forbidden, 3)]
    [InlineData(HttpStatusCode.NotFound, 4)]
    [InlineData(HttpStatusCode.Conflict, 1)]
    [InlineData(HttpStatusCode.TooManyRequests, 6)]
    [InlineData(HttpStatusCode.InternalServerError, 1)]
    [InlineData(HttpStatusCode.BadGateway, 5)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 5)]
    public async Task AnyCommand_ErrorAnswer_ExitsByStatusWithCodeAndMessage(HttpStatusCode status, int exitCode)
    {
        Server.Error = (status, "some_code");

        ProcessResult result = await HybridAsync("run", "hi");

        result.ExitCode.ShouldBe(exitCode);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith("hybrid: some_code: It was refused.");
    }

    [Fact]
    public async Task Run_NamedServerAbsent_ExitsFiveAndStartsNoHost()
    {
        string address = Server.Address;
        await Server.DisposeAsync();

        ProcessResult result = await BareAsync("run", "hi", "--server", address);

        result.ExitCode.ShouldBe(5);
        result.Error.ShouldStartWith($"hybrid: The server at {address}/ cannot be reached");
        Directory.Exists(Path.Combine(Folder, ".hybridagents")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--server is 'ftp://x'", "list", "--server", "ftp://x")]
    [InlineData("--token is not an API key", "list", "--token", "line\nbreak")]
    [InlineData("Required argument missing", "run")]
    [InlineData("The prompt is empty", "run", " ")]
    [InlineData("'bogus'", "bogus")]
    [InlineData("'--bogus'", "run", "hi", "--bogus")]
    [InlineData("--max-turns is '101'; allowed: 1 to 100", "run", "hi", "--max-turns", "101")]
    [InlineData("'secret'", "run", "hi", "--privacy", "secret")]
    [InlineData("'../x' is not a run id", "status", "../x")]
    [InlineData("--after is '-1'", "events", "run_1", "--after", "-1")]
    [InlineData("--limit is '0'", "list", "--limit", "0")]
    public async Task AnyCommand_WrongArguments_ExitsTwoNamingThem(string complaint, params string[] args)
    {
        ProcessResult result = await BareAsync(args);

        result.ExitCode.ShouldBe(2, result.Error);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain(complaint);
    }

    [Theory]
    [InlineData("Commands:", "run <prompt>", "status <id>", "events <id>", "cancel <id>", "list", "Exit codes: 0 ok")]
    [InlineData("run", "--model", "--provider", "--tools", "--privacy", "--latency", "--agent-type", "--instructions", "--max-turns", "--timeout", "--detach", "--server", "--json")]
    [InlineData("status", "--wait")]
    [InlineData("events", "--after", "--follow")]
    [InlineData("cancel", "--reason", "--force")]
    [InlineData("list", "--status", "--limit", "--cursor", "--token", "--data", "--no-stream")]
    public async Task Help_OfEachCommand_NamesItsOptions(string command, params string[] expected)
    {
        ProcessResult result = command == "Commands:" ? await BareAsync() : await BareAsync(command, "--help");

        result.ExitCode.ShouldBe(0);
        result.Error.ShouldBeEmpty();
        foreach (string text in expected)
            result.Output.ShouldContain(text);
    }

    [Fact]
    public async Task Token_OnThisMachine_ComesFromTheDataFolder()
    {
        string data = Directory.CreateDirectory(Path.Combine(Folder, "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "admin.key"), "ha_key\n");

        await HybridAsync("list", "--data", data);

        Server.Requests.Single().Key.ShouldBe("Bearer ha_key");
    }
}
