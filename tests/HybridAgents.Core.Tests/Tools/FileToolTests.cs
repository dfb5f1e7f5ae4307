using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Files;
using HybridAgents.TestSupport.Hosting;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Tools;

public sealed class FileToolTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _root;
    private readonly FileReadTool _read;
    private readonly FileWriteTool _write;

    public FileToolTests()
    {
        _root = Path.Combine(_folder.Path, "root");
        FileSandbox sandbox = new(_root, 1000);
        (_read, _write) = (new(sandbox), new(sandbox));
        File.WriteAllText(Path.Combine(_folder.Path, "outside.txt"), "secret of the host");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_NewFile_IsRead()
    {
        (await WriteAsync("notes/today.md", "Grüße")).ShouldBe(new("Wrote 7 bytes to notes/today.md."));

        (await ReadAsync("notes/today.md")).ShouldBe(new("Grüße"));
        Directory.EnumerateFiles(Path.Combine(_root, "notes")).Count().ShouldBe(1);
    }

    [Fact]
    public async Task Write_FileIsThere_IsReplacedOnlyWhenAsked()
    {
        await WriteAsync("a.txt", "one");

        (await WriteAsync("a.txt", "one")).IsError.ShouldBeFalse(); // The same call, executed again.
        (await WriteAsync("a.txt", "two")).Content.ShouldContain("there already");
        (await ReadAsync("a.txt")).Content.ShouldBe("one");
        (await WriteAsync("a.txt", "two", "overwrite")).IsError.ShouldBeFalse();
        (await ReadAsync("a.txt")).Content.ShouldBe("two");
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("notes/../../outside.txt")]
    [InlineData("notes/..")]
    [InlineData("./a.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\outside.txt")]
    [InlineData("C:\\a.txt")]
    [InlineData("a.txt:stream")]
    [InlineData("a\u0000.txt")]
    [InlineData("a\n.txt")]
    [InlineData(".labels/x")]
    [InlineData("notes/.git/config")]
    [InlineData("notes//a.txt")]
    [InlineData("~/a.txt")]
    [InlineData("a.txt.")]
    [InlineData("notes /a.txt")]
    public async Task Path_LeadingOutsideOrHidden_IsRefused(string path)
    {
        (await ReadAsync(path)).ShouldSatisfyAllConditions(output => output.IsError.ShouldBeTrue(), output => output.Content.ShouldContain("not allowed"));
        (await WriteAsync(path, "text")).Content.ShouldContain("not allowed");
        File.ReadAllText(Path.Combine(_folder.Path, "outside.txt")).ShouldBe("secret of the host");
    }

    [Fact]
    public async Task Path_OverASymbolicLink_IsRefused()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "file.txt"), Path.Combine(_folder.Path, "outside.txt"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "folder"), _folder.Path);

        foreach (string path in (string[])["file.txt", "folder/outside.txt", "folder/root/a.txt"])
        {
            (await ReadAsync(path)).Content.ShouldContain("symbolic link");
            (await WriteAsync(path, "text", "overwrite")).Content.ShouldContain("symbolic link");
        }

        File.ReadAllText(Path.Combine(_folder.Path, "outside.txt")).ShouldBe("secret of the host");
    }

    [Fact]
    public async Task Root_ThatIsALinkItself_IsUsable()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), _root);
        FileSandbox sandbox = new(Path.Combine(_folder.Path, "link"), 1000);
        await sandbox.WriteAsync("default", "a.txt", "text", overwrite: false, PrivacyLabel.Standard, default);

        (await sandbox.ReadAsync("default", "a.txt", default)).Text.ShouldBe("text");
    }

    [Fact]
    public async Task File_TooLargeOrNoText_IsRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "large.txt"), new string('x', 1001));
        await File.WriteAllBytesAsync(Path.Combine(_root, "binary.bin"), [0xff, 0xfe, 0x00, 0xd8]);

        (await ReadAsync("large.txt")).Content.ShouldContain("allowed are 1000");
        (await ReadAsync("binary.bin")).Content.ShouldContain("not UTF-8");
        (await ReadAsync("none.txt")).Content.ShouldContain("no readable file");
        (await WriteAsync("large2.txt", new string('x', 1001))).Content.ShouldContain("allowed are 1000");
        File.Exists(Path.Combine(_root, "large2.txt")).ShouldBeFalse();
    }

    [Fact]
    public async Task Write_UnderARaisedLabel_IsReadUnderIt()
    {
        await WriteAsync("diary.txt", "harmless words", label: PrivacyLabel.LocalOnly);
        (await ReadAsync("diary.txt")).Label.ShouldBe(PrivacyLabel.LocalOnly);

        await WriteAsync("diary.txt", "other words", "overwrite");
        (await ReadAsync("diary.txt")).Label.ShouldBe(PrivacyLabel.LocalOnly);
    }

    [Theory]
    [InlineData("other", "There is no readable file")]
    [InlineData("../default", "no files")]
    public async Task Read_OtherTenant_SeesNothing(string tenant, string told)
    {
        await WriteAsync("a.txt", "mine");

        (await _read.InvokeAsync(new(Parse("""{"path":"a.txt"}"""), "key", tenant), default)).Content.ShouldContain(told);
    }

    private Task<ToolOutput> ReadAsync(string path) => _read.InvokeAsync(Call(new { path }), default);

    private Task<ToolOutput> WriteAsync(string path, string content, string mode = "create", PrivacyLabel label = PrivacyLabel.Standard) =>
        _write.InvokeAsync(Call(new { path, content, mode }) with { Label = label }, default);

    private static ToolInvocation Call(object arguments) => new(System.Text.Json.JsonSerializer.SerializeToElement(arguments), "key", "default");
}
