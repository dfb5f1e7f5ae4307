using System.CommandLine;
using System.Text.Json;
using HybridAgents.Cli.Journal;
using HybridAgents.Durable.Engine;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Cli.Tests.Journal;

public sealed class JournalCommandTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("hybrid-journal-").FullName;

    private string Data => Path.Combine(_parent, "data");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public async Task Verify_SoundJournal_ExitsZeroAndCounts()
    {
        await WriteAsync();
        (int exitCode, string output, _) = Run("verify");
        exitCode.ShouldBe(0);
        output.ShouldContain("Sound: 2 records");
    }

    [Fact]
    public async Task Verify_DamagedJournal_ExitsOneWithFileAndOffset()
    {
        await WriteAsync();
        Damage();
        (int exitCode, string output, _) = Run("verify");
        exitCode.ShouldBe(1);
        output.ShouldContain("Damaged: 0000000001.segment at offset ");
        JsonElement report = JsonDocument.Parse(Run("verify", "--json").Output).RootElement;
        report.GetProperty("verdict").GetString().ShouldBe("damaged");
        report.GetProperty("first_damage").GetProperty("name").GetString().ShouldBe("0000000001.segment");
    }

    [Fact]
    public void AnyCommand_WithoutAJournal_ExitsFour()
    {
        (int exitCode, _, string note) = Run("verify");
        exitCode.ShouldBe(4);
        note.ShouldContain(Data);
    }

    [Fact]
    public async Task AnyCommand_OnAFolderInUse_ExitsFive()
    {
        await using EmbeddedEngine engine = await StartAsync();
        foreach (string command in (string[])["verify", "inspect", "repair"])
        {
            (int exitCode, _, string note) = Run(command);
            exitCode.ShouldBe(5, command);
            note.ShouldContain("in use");
        }
    }

    [Fact]
    public async Task Inspect_PrintsJsonLines_WithoutContentsUnlessAsked()
    {
        await WriteAsync();
        (int exitCode, string output, _) = Run("inspect", "--instance", "p");
        exitCode.ShouldBe(0);
        JsonElement[] lines = [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        lines.Select(line => line.GetProperty("lsn").GetInt64()).ShouldBe([1, 2]);
        lines[0].GetProperty("rows")[0].GetString().ShouldBe("first");
        output.ShouldNotContain("secret");
        Run("inspect", "--from", "2", "--contents").Output.ShouldContain("\"Text\":\"secret 2\"");
        Run("inspect", "--instance", "other").Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Repair_DamageThatACutCannotMend_ExitsOneAndSaysWhy()
    {
        await WriteAsync();
        Damage();
        (int exitCode, string output, _) = Run("repair", "--accept-loss");
        exitCode.ShouldBe(1);
        output.ShouldContain("Restore the data folder from a backup");
    }

    [Fact]
    public async Task Backup_ToANewFolder_CanBeVerified_AndAnExistingOneIsRefused()
    {
        await WriteAsync();
        string copy = Path.Combine(_parent, "copy");
        (int exitCode, string output, _) = Run("backup", copy);
        exitCode.ShouldBe(0);
        output.ShouldContain("up to record 2");
        Run("backup", copy).ExitCode.ShouldBe(5);
        RunOn(copy, "verify").Output.ShouldContain("Sound: 2 records");
    }

    private (int ExitCode, string Output, string Notes) Run(params string[] args) => RunOn(Data, args);

    private static (int ExitCode, string Output, string Notes) RunOn(string data, params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" };
        List<string> notes = [];
        Option<bool> json = new("--json") { Recursive = true };
        RootCommand root = new() { json, JournalCommand.Create(new(_ => data, parsed => parsed.GetValue(json), output, notes.Add)) };
        ParseResult parsed = root.Parse(["journal", .. args]);
        parsed.Errors.ShouldBeEmpty();
        return (parsed.Invoke(new() { EnableDefaultExceptionHandler = false }), output.ToString(), string.Join('\n', notes));
    }

    private void Damage()
    {
        string path = Path.Combine(Data, "journal", "0000000001.segment");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("secret 1"u8)] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private async Task WriteAsync()
    {
        await using EmbeddedEngine engine = await StartAsync();
        ITable table = engine.Tables.GetTable("orders");
        await table.SubmitAsync([TableOperation.Insert(new TableRow("p", "first").Set("Text", "secret 1"))]);
        await table.SubmitAsync([TableOperation.Insert(new TableRow("p", "second").Set("Text", "secret 2"))]);
    }

    private async Task<EmbeddedEngine> StartAsync()
    {
        EmbeddedEngineOptions options = new() { Path = Data };
        options.Journal.SegmentBytes = 64 << 10;
        IServiceScopeFactory scopes = new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>();
        EmbeddedEngine engine = new(options, new(), scopes, TimeProvider.System, NullLoggerFactory.Instance);
        await engine.StartAsync();
        return engine;
    }
}
