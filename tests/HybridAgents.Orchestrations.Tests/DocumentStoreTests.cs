using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Builtin;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Knowledge;
using HybridAgents.Orchestrations.Tests.Support;
using HybridAgents.TestSupport;

namespace HybridAgents.Orchestrations.Tests;

public sealed class DocumentStoreTests : IAsyncLifetime
{
    private RunHost _host = null!;
    private IDocumentStore _documents = null!;

    public async Task InitializeAsync()
    {
        _host = await RunHost.StartAsync();
        _documents = _host.Get<IDocumentStore>();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Add_Document_IsFoundWithItsPlace()
    {
        DocumentInfo info = await AddAsync("# Guide\n\nIntro.\n\n## Trains\n\nBook trains early.\n");
        KnowledgeHit hit = (await _documents.SearchAsync("t", new("early trains", 5), default))[0];

        (hit.Id, hit.Title, hit.Section, hit.Start, hit.Summary).ShouldBe((info.Id, "Guide", "Guide > Trains", 17, "Trains: Book trains early."));
        (await _documents.GetAsync("t", info.Id, default))!.Content.ShouldBe("# Guide\n\nIntro.\n\n## Trains\n\nBook trains early.\n");
        (await _documents.SearchAsync("other", new("trains", 5), default)).ShouldBeEmpty();
        (await _documents.GetAsync("other", info.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Add_SameDocumentAgain_IsThereOnceUnderTheHigherLabel()
    {
        DocumentInfo first = await AddAsync("apple");
        DocumentInfo raised = await AddAsync("apple", PrivacyLabel.LocalOnly);
        DocumentInfo again = await AddAsync("apple");

        (raised, again).ShouldBe((first with { PrivacyLevel = PrivacyLabel.LocalOnly }, raised));
        (await _documents.ListAsync("t", default)).ShouldBe([raised]);
        (await _documents.SearchAsync("t", new("apple", 5), default)).Single().Label.ShouldBe(PrivacyLabel.LocalOnly);
    }

    [Fact]
    public async Task Delete_Document_IsGone()
    {
        DocumentInfo gone = await AddAsync(string.Concat(Enumerable.Range(0, 150).Select(number => $"# Part {number}\napple\n")));
        DocumentInfo left = await AddAsync("another apple");
        gone.Chunks.ShouldBe(150);

        (await _documents.DeleteAsync("t", gone.Id, default)).ShouldBeTrue();
        (await _documents.DeleteAsync("t", gone.Id, default)).ShouldBeFalse();
        (await _documents.SearchAsync("t", new("apple", 5), default)).Select(hit => hit.Id).ShouldBe([left.Id]);
        (await _documents.ListAsync("t", default)).ShouldBe([left]);
    }

    [Fact]
    public async Task Search_ChangeOfAnotherProcess_IsSeenAfterASecond()
    {
        ManualTimeProvider time = new();
        TableDocumentStore other = new(_host.Get<ITableStore>(), _host.Get<ITextEmbedder>(), _host.Get<VectorSignal>(), time);
        (await other.SearchAsync("t", new("apple", 5), default)).ShouldBeEmpty();
        for (int number = 0; number < 20; number++)
            await AddAsync($"apple {number}");
        (await other.SearchAsync("t", new("apple", 5), default)).ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(1));
        (await other.SearchAsync("t", new("apple", 5), default)).Count.ShouldBe(5);

        foreach (DocumentInfo document in await _documents.ListAsync("t", default))
            await _documents.DeleteAsync("t", document.Id, default);
        await AddAsync("one more apple");
        time.Advance(TimeSpan.FromSeconds(1));
        (await other.SearchAsync("t", new("apple", 5), default)).Single().Summary.ShouldBe("one more apple");
    }

    [Theory]
    [InlineData("doc_0000000000000000")]
    [InlineData("doc_xyz")]
    [InlineData("../d|x")]
    [InlineData("")]
    public async Task Get_UnknownOrMalformedId_IsNull(string id)
    {
        (await _documents.GetAsync("t", id, default)).ShouldBeNull();
        (await _documents.DeleteAsync("t", id, default)).ShouldBeFalse();
    }

    [Fact]
    public async Task Tools_UploadedDocument_IsFoundAndReadUnderItsLabel()
    {
        DocumentInfo info = await AddAsync("# Diary\n\nAte an apple.", PrivacyLabel.Private);
        ToolOutput found = await new SearchKnowledgeBaseTool(_host.Get<IKnowledgeStore>()).InvokeAsync(Call("""{"query":"apple"}"""), default);
        ToolOutput read = await new RetrieveDocumentTool(_host.Get<IKnowledgeStore>()).InvokeAsync(Call($$"""{"document_id":"{{info.Id}}"}"""), default);

        found.ShouldBe(new($"Document ID: {info.Id}\nTitle: Diary\nSection: Diary\nSummary: Diary: Ate an apple.", Label: PrivacyLabel.Private));
        read.ShouldBe(new("Title: Diary\n\n# Diary\n\nAte an apple.", Label: PrivacyLabel.Private));
    }

    private async Task<DocumentInfo> AddAsync(string text, PrivacyLabel label = PrivacyLabel.Standard) =>
        (await _documents.AddAsync("t", DocumentText.OfText(text), label, default)).ShouldNotBeNull();

    private static ToolInvocation Call(string arguments) => new(System.Text.Json.JsonElement.Parse(arguments), "key", "t");
}
