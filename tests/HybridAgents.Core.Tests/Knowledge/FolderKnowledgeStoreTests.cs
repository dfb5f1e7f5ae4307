using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Builtin;
using Microsoft.Extensions.Options;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Knowledge;

public sealed class FolderKnowledgeStoreTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("knowledge-").FullName;
    private readonly SteppedClock _clock = new();
    private readonly FolderKnowledgeStore _store;

    public FolderKnowledgeStoreTests() => _store = new(Options.Create(new KnowledgeOptions { Path = Path.Combine(_root, "docs") }), _clock);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task SearchAsync_SeveralDocuments_PutsTheBestFirst()
    {
        Write("acme/invoices.md", "# Paying invoices\n\nAn invoice is paid within thirty days.\n\nAsk accounting about a late invoice.");
        Write("acme/holidays.txt", "Holidays are requested four weeks ahead. One invoice is mentioned here among many other words about travel and sun and sea.");
        Write("acme/other.md", "Nothing of interest.");
        IReadOnlyList<KnowledgeHit> hits = await SearchAsync("acme", "late INVOICE");
        hits.Select(hit => hit.Id).ShouldBe(["invoices.md", "holidays.txt"]);
        hits[0].Title.ShouldBe("Paying invoices");
        hits[0].Summary.ShouldBe("Ask accounting about a late invoice.");
        hits[1].Title.ShouldBe("holidays");
        hits[0].Score.ShouldBeGreaterThan(hits[1].Score);
    }

    [Theory]
    [InlineData("größe", true)]
    [InlineData("GRÖSSE", false)]
    [InlineData("数据", true)]
    [InlineData("data", false)]
    [InlineData("", false)]
    [InlineData("?!", false)]
    public async Task SearchAsync_UnicodeWords_AreComparedWhole(string query, bool found)
    {
        Write("acme/a.md", "Die Größe ist 数据 und database");
        ((await SearchAsync("acme", query)).Count > 0).ShouldBe(found);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(0, 1)]
    [InlineData(99, 20)]
    public async Task SearchAsync_MaxResults_AreOneToTwenty(int wanted, int given)
    {
        for (int index = 0; index < 25; index++)
            Write($"acme/d{index:00}.md", "same words");
        IReadOnlyList<KnowledgeHit> hits = await _store.SearchAsync("acme", new("words", wanted), CancellationToken.None);
        hits.Select(hit => hit.Id).ShouldBe(Enumerable.Range(0, given).Select(index => $"d{index:00}.md"));
    }

    [Fact]
    public async Task SearchAsync_LongParagraph_GivesAtMostThreeHundredCharacters()
    {
        Write("acme/long.md", string.Concat(Enumerable.Repeat("filler ", 200)) + "needle " + string.Concat(Enumerable.Repeat("😀", 400)));
        KnowledgeHit hit = (await SearchAsync("acme", "needle")).Single();
        hit.Summary.Length.ShouldBeLessThanOrEqualTo(300);
        hit.Summary.ShouldContain("needle");
    }

    [Fact]
    public async Task SearchAsync_Tenants_SeeTheirOwnAndTheShared()
    {
        Write("acme/a.md", "apple");
        Write("other/b.md", "apple");
        Write("shared/c.md", "apple");
        (await SearchAsync("acme", "apple")).Select(hit => hit.Id).ShouldBe(["a.md", "shared/c.md"], ignoreOrder: true);
        (await SearchAsync("nobody", "apple")).Select(hit => hit.Id).ShouldBe(["shared/c.md"]);
        (await _store.GetAsync("acme", "b.md", CancellationToken.None)).ShouldBeNull();
        (await _store.GetAsync("other", "shared/c.md", CancellationToken.None)).ShouldBe(new("shared/c.md", "c", "apple"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../outside")]
    [InlineData("/etc")]
    [InlineData("")]
    [InlineData("a/b")]
    public async Task SearchAsync_TenantThatIsAPath_SeesTheSharedOnly(string tenant)
    {
        Write("../outside/secret.md", "apple");
        Write("shared/c.md", "apple");
        (await SearchAsync(tenant, "apple")).Select(hit => hit.Id).ShouldBe(["shared/c.md"]);
    }

    [Theory]
    [InlineData("../other/b.md")]
    [InlineData("../../outside/x.md")]
    [InlineData("/etc/passwd")]
    [InlineData("shared/../other/b.md")]
    [InlineData("a.md/")]
    [InlineData("A.md")]
    [InlineData("")]
    public async Task GetAsync_IdThatIsNotInTheIndex_IsNull(string id)
    {
        Write("acme/a.md", "apple");
        Write("other/b.md", "apple");
        Write("../outside/x.md", "apple");
        (await _store.GetAsync("acme", id, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task SearchAsync_LinksOtherKindsAndHugeFiles_AreLeftOut()
    {
        Write("../outside/x.md", "apple");
        Write("acme/a.md", "apple");
        Write("acme/b.exe", "apple");
        Write("acme/huge.md", "apple " + new string('x', 1 << 20));
        Write("acme/sub/c.md", "apple");
        File.CreateSymbolicLink(PathOf("acme/link.md"), PathOf("../outside/x.md"));
        Directory.CreateSymbolicLink(PathOf("linked"), PathOf("../outside"));
        (await SearchAsync("acme", "apple")).Select(hit => hit.Id).ShouldBe(["a.md"]);
        (await SearchAsync("linked", "apple")).ShouldBeEmpty();
    }

    [Fact]
    public async Task SearchAsync_FilesChange_AreReadAgainAfterASecond()
    {
        Write("acme/a.md", "apple");
        (await SearchAsync("acme", "pear")).ShouldBeEmpty();

        Write("acme/a.md", "a pear");
        Write("acme/b.md", "pear");
        (await SearchAsync("acme", "pear")).ShouldBeEmpty("files are looked at once a second");
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await SearchAsync("acme", "pear")).Count.ShouldBe(2);

        File.Delete(PathOf("acme/a.md"));
        (await SearchAsync("acme", "pear")).Select(hit => hit.Id).ShouldBe(["b.md"], "a file that is gone is no hit");
        Directory.Delete(PathOf("acme"), recursive: true);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await SearchAsync("acme", "pear")).ShouldBeEmpty();
    }

    [Fact]
    public async Task SearchAsync_NoFolder_FindsNothing() => (await SearchAsync("acme", "apple")).ShouldBeEmpty();

    [Fact]
    public async Task SearchTool_Hits_AreListedWithIdTitleAndSummary()
    {
        Write("acme/a.md", "# Fruit\n\nAn apple a day.");
        Write("acme/b.md", "An apple tree in a long garden.");
        (await SearchToolAsync("""{"query":"apple"}""")).Content.ShouldBe(
            "Document ID: a.md\nTitle: Fruit\nSummary: Fruit: An apple a day.\n\nDocument ID: b.md\nTitle: b\nSummary: An apple tree in a long garden.");
        (await SearchToolAsync("""{"query":"apple","max_results":-5}""")).Content.ShouldNotContain("b.md");
        (await SearchToolAsync("""{"query":"apple","max_results":1e300}""")).Content.ShouldContain("b.md");
        ToolOutput none = await SearchToolAsync("""{"query":"pear"}""");
        none.Content.ShouldBe("Nothing in the knowledge base fits this query.");
        none.IsError.ShouldBeFalse();
    }

    [Fact]
    public async Task RetrieveTool_KnownAndUnknownId_GivesTextOrError()
    {
        Write("acme/a.md", "# Fruit\n\nAn apple a day.");
        RetrieveDocumentTool tool = new(_store);
        (await tool.InvokeAsync(new(Parse("""{"document_id":"a.md"}"""), "key", "acme"), CancellationToken.None)).ShouldBe(new("Title: Fruit\n\n# Fruit\n\nAn apple a day."));
        (await tool.InvokeAsync(new(Parse("""{"document_id":"x.md"}"""), "key", "acme"), CancellationToken.None)).IsError.ShouldBeTrue();
    }

    private Task<IReadOnlyList<KnowledgeHit>> SearchAsync(string tenant, string query) => _store.SearchAsync(tenant, new(query, 10), CancellationToken.None);

    private Task<ToolOutput> SearchToolAsync(string arguments) => new SearchKnowledgeBaseTool(_store).InvokeAsync(new(Parse(arguments), "key", "acme"), CancellationToken.None);

    private string PathOf(string name) => Path.GetFullPath(Path.Combine(_root, "docs", name));

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
