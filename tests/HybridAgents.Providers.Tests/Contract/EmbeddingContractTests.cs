using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Usage;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

/// <summary>What every provider that makes vectors must do, through the whole pipeline and over a real socket.</summary>
/// <param name="section">Its settings.</param>
/// <param name="name">Its name.</param>
/// <param name="packed">Whether it is asked for packed vectors.</param>
/// <param name="batch">The most texts that it takes at once.</param>
public abstract class EmbeddingContractTests(string section, string name, bool packed, int batch) : IAsyncLifetime
{
    private WireServer _server = null!;

    private ModelRef Model { get; } = new(name, "embed-one");

    private IEnumerable<(string Key, string Value)> Settings =>
    [
        ($"Providers:{section}:Endpoint", (section == "AzureOpenAI" ? new Uri(_server.Endpoint, "/") : _server.Endpoint).ToString()), ($"Providers:{section}:Model", "chat-one"), ($"Providers:{section}:ApiKey", "wire-secret"),
        .. section == "Ollama" ? [] : new[] { ("Providers:Ollama:Enabled", "false") },
    ];

    public async Task InitializeAsync() => _server = section == "Ollama" ? await OllamaWireServer.StartAsync() : await OpenAiWireServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Embed_Texts_AreVectorsInTheirOrder()
    {
        EmbeddingAnswer answer = await EmbedAsync("one", "three");

        answer.Model.ShouldBe(Model);
        answer.Vectors.Select(static vector => string.Join(' ', vector.ToArray())).ShouldBe(["3 0", "5 1"]);
        answer.Usage.ShouldBe(new TokenUsage(section == "Ollama" ? 5 : 9, 0));
        System.Text.Json.JsonElement body = _server.Embedded.ShouldHaveSingleItem();
        body.GetProperty("model").GetString().ShouldBe("embed-one");
        body.TryGetProperty("encoding_format", out _).ShouldBe(packed);
    }

    [Fact]
    public async Task Embed_NumbersWhateverIsAskedFor_AreRead()
    {
        if (_server is OpenAiWireServer service)
            service.Quirks = new() { VectorsAsNumbers = true };

        (await EmbedAsync("one")).Vectors[0].ToArray().ShouldBe([3, 0]);
    }

    [Fact]
    public async Task Embed_MoreThanFitsInOneCall_GoesInSeveral()
    {
        string[] texts = [.. Enumerable.Range(0, batch + 1).Select(static number => new string('x', 1 + (number % 7)))];

        EmbeddingAnswer answer = await EmbedAsync(texts);

        answer.Vectors.Select(static vector => (int)vector.Span[0]).ShouldBe(texts.Select(static text => text.Length));
        _server.Embedded.Select(static body => body.GetProperty("input").GetArrayLength()).ShouldBe([batch, 1]);
        answer.Usage.PromptTokens.ShouldBe(section == "Ollama" ? 10 : 18);
    }

    [Theory]
    [InlineData(400, ProviderFault.Rejected)]
    [InlineData(401, ProviderFault.Unauthorized)]
    [InlineData(404, ProviderFault.ModelNotFound)]
    [InlineData(429, ProviderFault.RateLimited)]
    [InlineData(503, ProviderFault.ServerError)]
    public async Task Embed_Refused_FaultTellsStatusAndReason(int status, ProviderFault fault)
    {
        _server.EnqueueVectors(WireReply.Refuses(status, "no such luck", retryAfter: "7"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => EmbedAsync("one"));

        (error.Fault, error.StatusCode, error.RetryAfter, error.Model).ShouldBe((fault, status, TimeSpan.FromSeconds(7), Model));
        error.Message.ShouldContain("no such luck");
    }

    [Theory]
    [InlineData("<html>Please log in.</html>")]
    [InlineData("""{"data":[{"index":0,"emb""")]
    [InlineData("""{"object":"list","data":[],"embeddings":[]}""")]
    [InlineData("""{"object":"list","data":[{"index":0,"embedding":[]}],"embeddings":[[]]}""")]
    [InlineData("{}")]
    public async Task Embed_AnswerIsNone_IsMalformed(string body)
    {
        _server.EnqueueVectors(WireReply.Sends(body));

        (await Should.ThrowAsync<ProviderException>(() => EmbedAsync("one"))).Fault.ShouldBe(ProviderFault.Malformed);
    }

    [Fact]
    public async Task Embed_FailuresThatMayPass_AreTriedAgain()
    {
        _server.EnqueueVectors(WireReply.Refuses(503), WireReply.HangsUp());

        (await EmbedAsync(["one"], ("Retries:MaxAttempts", "3"))).Vectors.Count.ShouldBe(1);

        _server.Embedded.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Embed_FailuresInARow_OpenTheCircuit()
    {
        _server.RespondVectors = static _ => WireReply.Refuses(500);
        await using ProviderHarness harness = new([.. Settings, ("Breaker:Failures", "2")]);
        await Should.ThrowAsync<ProviderException>(() => harness.EmbedAsync(Model, "one"));
        await Should.ThrowAsync<ProviderException>(() => harness.EmbedAsync(Model, "one"));

        (await Should.ThrowAsync<ProviderException>(() => harness.EmbedAsync(Model, "one"))).Fault.ShouldBe(ProviderFault.CircuitOpen);

        _server.Embedded.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Embed_NoAnswer_TimesOutAndClosesTheSocket()
    {
        ManualTimeProvider time = new();
        await using ProviderHarness harness = new([.. Settings, ("Timeouts:FirstToken", "100")], time);
        _server.EnqueueVectors(WireReply.Says().AfterSignal(new TaskCompletionSource().Task));
        Task<EmbeddingAnswer> call = harness.EmbedAsync(Model, "one");
        WireRequest request = await _server.NextVectorsAsync();

        time.Advance(TimeSpan.FromSeconds(100));

        (await Should.ThrowAsync<ProviderException>(() => call)).Fault.ShouldBe(ProviderFault.Timeout);
        await request.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Embed_Cancelled_ClosesTheSocket()
    {
        _server.EnqueueVectors(WireReply.Says().AfterSignal(new TaskCompletionSource().Task));
        await using ProviderHarness harness = new(Settings);
        using CancellationTokenSource cancellation = new();
        Task<EmbeddingAnswer> call = harness.EmbedAsync(new(Model, ["one"]), cancellationToken: cancellation.Token);
        WireRequest request = await _server.NextVectorsAsync();

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await request.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Embed_ChatIsUnderWay_SharesTheLimitOfTheProvider()
    {
        TaskCompletionSource gate = new();
        _server.Enqueue(WireReply.Says("late").AfterSignal(gate.Task));
        if (_server is OllamaWireServer ollama)
            ollama.Models.Add(new("chat-one:latest"));
        await using ProviderHarness harness = new([.. Settings, ($"Providers:{section}:MaxConcurrency", "1")]);
        Task chat = harness.AskAsync(ProviderHarness.Request(new(name, "chat-one")), Locality.Cloud);
        await _server.NextRequestAsync();

        Task<EmbeddingAnswer> vectors = harness.EmbedAsync(Model, "one");
        _server.Embedded.ShouldBeEmpty();
        gate.SetResult();

        await chat;
        (await vectors).Vectors.Count.ShouldBe(1);
    }

    private Task<EmbeddingAnswer> EmbedAsync(params string[] texts) => EmbedAsync(texts, []);

    private async Task<EmbeddingAnswer> EmbedAsync(string[] texts, params (string, string)[] settings)
    {
        await using ProviderHarness harness = new([.. Settings, .. settings]);
        return await harness.EmbedAsync(Model, texts);
    }
}

public sealed class OllamaEmbeddingTests() : EmbeddingContractTests("Ollama", "ollama", packed: false, batch: 256);

public sealed class OpenAIEmbeddingTests() : EmbeddingContractTests("OpenAI", "openai", packed: true, batch: 2048);

public sealed class AzureOpenAIEmbeddingTests() : EmbeddingContractTests("AzureOpenAI", "azure", packed: true, batch: 2048);

public sealed class LMStudioEmbeddingTests() : EmbeddingContractTests("LMStudio", "lmstudio", packed: false, batch: 2048);

public sealed class GeminiEmbeddingTests() : EmbeddingContractTests("Gemini", "gemini", packed: false, batch: 100);

public sealed class MistralEmbeddingTests() : EmbeddingContractTests("Mistral", "mistral", packed: false, batch: 2048);

public sealed class CohereEmbeddingTests() : EmbeddingContractTests("Cohere", "cohere", packed: false, batch: 96);

public sealed class VLLMEmbeddingTests() : EmbeddingContractTests("VLLM", "vllm", packed: false, batch: 2048);
