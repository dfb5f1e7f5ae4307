using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Chat;
using HybridAgents.Orchestrations.Knowledge;
using HybridAgents.Orchestrations.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Orchestrations.Tests;

/// <summary>Vectors follow documents, whatever comes between. Passes are made by hand.</summary>
public sealed class DocumentVectorsTests : IAsyncLifetime
{
    private readonly ScriptedEmbedder _embedder = new();
    private RunHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await RunHost.StartAsync(configure: services => services.AddSingleton<ITextEmbedder>(_embedder));
        await _host.Get<VectorSweeper>().ExecuteTask!; // No model yet: the host's own passes end at once.
        _embedder.Model = "one";
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Sweep_CutOffInTheMiddle_GoesOnWhereItWas()
    {
        DocumentInfo info = await AddAsync(string.Concat(Enumerable.Range(0, 100).Select(number => $"# Part {number}\nword\n")));
        _embedder.FailsAfter = 64;
        await SweepAsync();
        (await FindAsync(info.Id)).EmbeddingModel.ShouldBeNull();
        _embedder.Texts.Count.ShouldBe(64);

        _embedder.FailsAfter = null;
        await SweepAsync();
        (await FindAsync(info.Id)).ShouldBe(info with { EmbeddingModel = "one", Dimensions = 2 });
        _embedder.Texts.Count.ShouldBe(100);
        _embedder.Texts.ShouldBeUnique();
    }

    [Fact]
    public async Task Sweep_NothingMissing_AsksForNothing()
    {
        await AddAsync("apple");
        await SweepAsync();
        await SweepAsync();
        await SweepAsync();

        _embedder.Texts.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("two", 2)]
    [InlineData("one", 3)]
    public async Task Sweep_OtherModelOrOtherDimensions_EmbedsAgain(string model, int dimensions)
    {
        DocumentInfo info = await AddAsync("apple");
        await SweepAsync();
        await SweepAsync();
        int before = _embedder.Texts.Count;
        (_embedder.Model, _embedder.Length) = (model, dimensions);
        TableDocumentStore documents = NewStore();
        await documents.SearchAsync("t", new("apple", 1), default); // By which a changed length is noticed.
        await SweepAsync(); // Unless the host's own sweeper was faster.

        (await FindAsync(info.Id)).ShouldBe(info with { EmbeddingModel = model, Dimensions = dimensions });
        _embedder.Texts.Count.ShouldBe(before + 2); // The question, and the document again.
        (await NewStore().SearchAsync("t", new("other words", 1), default)).Single().Similarity!.Value.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task Sweep_OneDocumentIsRefused_OthersAreNotHeldUp()
    {
        DocumentInfo refused = await AddAsync("poison");
        DocumentInfo first = await AddAsync("apple");
        DocumentInfo second = await AddAsync("pear");
        await SweepAsync();

        (await FindAsync(refused.Id)).EmbeddingModel.ShouldBeNull();
        (await FindAsync(first.Id)).EmbeddingModel.ShouldBe("one");
        (await FindAsync(second.Id)).EmbeddingModel.ShouldBe("one");
    }

    [Fact]
    public async Task Search_ModelDoesNotAnswer_GivesWordsAndDoesNotAskAgainAtOnce()
    {
        await AddAsync("apple");
        await SweepAsync();
        TableDocumentStore documents = NewStore();
        _embedder.FailsAfter = 0;

        KnowledgeHit hit = (await documents.SearchAsync("t", new("apple", 1), default)).Single();
        (hit.WordScore is not null, hit.Similarity).ShouldBe((true, null));
        _embedder.FailsAfter = null;
        int before = _embedder.Texts.Count;
        (await documents.SearchAsync("t", new("apple", 1), default)).Single().Similarity.ShouldBeNull();
        _embedder.Texts.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Search_PrivateQuery_IsAskedForUnderItsLabel()
    {
        await AddAsync("apple", PrivacyLabel.Private);
        await SweepAsync();
        await NewStore().SearchAsync("t", new("pear", 1, PrivacyLabel.LocalOnly), default);

        _embedder.Labels.ShouldBe([PrivacyLabel.Private, PrivacyLabel.LocalOnly]);
    }

    [Fact]
    public async Task Delete_DocumentWithVectors_LeavesNoRows()
    {
        DocumentInfo info = await AddAsync("apple");
        await SweepAsync();
        (await RowsAsync()).ShouldBe(1);

        await NewStore().DeleteAsync("t", info.Id, default);
        (await RowsAsync()).ShouldBe(0);
    }

    private async Task<int> RowsAsync()
    {
        int rows = 0;
        await foreach (TableRow _ in _host.Get<ITableStore>().GetTable("knowledge").QueryAsync("t", RowRange.Prefix("w|")))
            rows++;
        return rows;
    }

    private Task SweepAsync() => _host.Get<VectorSweeper>().SweepAsync(default);

    private TableDocumentStore NewStore() => new(_host.Get<ITableStore>(), _embedder, _host.Get<VectorSignal>(), TimeProvider.System);

    private async Task<DocumentInfo> AddAsync(string text, PrivacyLabel label = PrivacyLabel.Standard) =>
        (await NewStore().AddAsync("t", DocumentText.OfText(text, "Title"), label, default))!;

    private async Task<DocumentInfo> FindAsync(string id) => (await NewStore().FindAsync("t", id, default))!;

    private sealed class ScriptedEmbedder : ITextEmbedder
    {
        public string? Model { get; set; }

        public int? Dimensions { get; private set; }

        public int Length { get; set; } = 2;

        public int? FailsAfter { get; set; }

        public List<string> Texts { get; } = [];

        public List<PrivacyLabel> Labels { get; } = [];

        public Task<IReadOnlyList<ReadOnlyMemory<float>>?> EmbedAsync(string tenant, IReadOnlyList<string> texts, PrivacyLabel label, CancellationToken cancellationToken)
        {
            if (Texts.Count >= FailsAfter || texts.Any(static text => text.Contains("poison", StringComparison.Ordinal)))
                throw new ChatException(new(ChatErrorCodes.Rejected, "Not now."));
            Texts.AddRange(texts);
            Labels.Add(label);
            Dimensions = Length;
            return Task.FromResult<IReadOnlyList<ReadOnlyMemory<float>>?>([.. texts.Select(_ => new ReadOnlyMemory<float>([.. Enumerable.Repeat(1f, Length)]))]);
        }
    }
}
