using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Pipeline;

public sealed class EmbeddingPipelineTests : IAsyncLifetime
{
    private static readonly ModelRef Model = new("ollama", "nomic-embed-text:latest");

    private readonly ManualTimeProvider _time = new();
    private OllamaWireServer _server = null!;
    private ProviderHarness _harness = null!;

    public async Task InitializeAsync()
    {
        _server = await OllamaWireServer.StartAsync();
        _server.Models.Add(new("nomic-embed-text:latest") { Capabilities = ["embedding"] });
        _harness = ProviderHarness.With([("Providers:Ollama:Endpoint", _server.Endpoint.ToString())], _time);
    }

    public async Task DisposeAsync()
    {
        await _harness.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Cache_SameTextsAgain_AreAnsweredFromMemoryWithoutTokens()
    {
        await EmbedAsync("acme", ["one", "two"]);

        EmbeddingAnswer again = await EmbedAsync("acme", ["one", "two"]);

        again.Vectors.Select(static vector => vector.ToArray()).ShouldBe([[3, 0], [3, 1]]);
        again.Usage.ShouldBe(new TokenUsage(0, 0));
        _server.Embedded.Count.ShouldBe(1);
        _harness.Cache.Statistics.ShouldBe(_harness.Cache.Statistics with { Hits = 1, Misses = 1, Items = 1 });
    }

    [Theory]
    [InlineData("other", "one", null, PrivacyLabel.Standard)]
    [InlineData(null, "one", null, PrivacyLabel.Standard)]
    [InlineData("acme", "two", null, PrivacyLabel.Standard)]
    [InlineData("acme", "one", 2, PrivacyLabel.Standard)]
    [InlineData("acme", "one", null, PrivacyLabel.Private)]
    public async Task Cache_AnythingDiffers_IsAskedAnew(string? tenant, string text, int? dimensions, PrivacyLabel label)
    {
        await EmbedAsync("acme", ["one"]);

        await EmbedAsync(tenant, [text], dimensions, label);

        _server.Embedded.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Find_ProviderDoesNotAnswer_IsWaitedForOnce()
    {
        _server.ShowGate = new TaskCompletionSource().Task;
        Task<IReadOnlyList<ModelInfo>> found = _harness.Embeddings.FindAsync("nomic-embed-text", default);
        await _server.Shows.WaitAsync();
        _time.Advance(TimeSpan.FromSeconds(5));

        (await found).ShouldBeEmpty();
        (await _harness.Embeddings.FindAsync("nomic-embed-text", default)).ShouldBeEmpty("It was asked a moment ago.");

        _server.ShowGate = Task.CompletedTask;
        _time.Advance(TimeSpan.FromSeconds(10));
        (await _harness.Embeddings.FindAsync("nomic-embed-text", default)).ShouldHaveSingleItem().Ref.Provider.ShouldBe("ollama");
    }

    [Fact]
    public async Task Find_BareName_IsNotTakenForADeployment()
    {
        await using OpenAiWireServer azure = await OpenAiWireServer.StartAsync();
        await using ProviderHarness harness = new(
        [
            ("Providers:Ollama:Endpoint", _server.Endpoint.ToString()), ("Providers:AzureOpenAI:Endpoint", new Uri(azure.Endpoint, "/").ToString()),
            ("Providers:AzureOpenAI:ApiKey", "secret"), ("Providers:AzureOpenAI:Model", "embed-prod"), ("Providers:AzureOpenAI:Weight", "5"),
        ]);

        (await FindAsync("nomic-embed-text")).ShouldBe(["ollama"]);
        (await FindAsync("embed-prod")).ShouldBe(["azure"]);
        (await FindAsync("azure:any-deployment")).ShouldBe(["azure"]);

        async Task<IEnumerable<string>> FindAsync(string name) => (await harness.Embeddings.FindAsync(name, default)).Select(static model => model.Ref.Provider);
    }

    private Task<EmbeddingAnswer> EmbedAsync(string? tenant, string[] texts, int? dimensions = null, PrivacyLabel label = PrivacyLabel.Standard) =>
        _harness.EmbedAsync(new(Model, texts, dimensions) { Tenant = tenant }, label);
}
