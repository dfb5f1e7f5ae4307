using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Directory;
using HybridAgents.Providers.Http;
using HybridAgents.Providers.Offline;
using HybridAgents.Providers.Ollama;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridAgents.Providers.Tests.Directory;

public sealed class ModelDirectoryTests
{
    private static readonly CatalogueFile NoCatalogue = new(null, TimeProvider.System, NullLogger<CatalogueFile>.Instance);

    [Fact]
    public async Task Get_NothingConfigured_OffersOnlyTheOfflineModel()
    {
        await using ProviderHarness harness = new([("Providers:Ollama:Enabled", "false")]);

        ModelInfo model = (await harness.Directory.GetAsync(default)).Models.ShouldHaveSingleItem();

        model.Ref.ToString().ShouldBe("offline:demo");
        model.LastResort.ShouldBeTrue();
    }

    [Fact]
    public async Task Get_AskedAgain_UsesTheListForAMinute()
    {
        ManualTimeProvider time = new();
        await using OllamaWireServer server = await OllamaWireServer.StartAsync();
        await using ProviderHarness harness = new([("Providers:Ollama:Endpoint", server.Endpoint.ToString()), ("Providers:Offline:Enabled", "false")], time);
        (await harness.Directory.GetAsync(default)).Models.Count.ShouldBe(1);
        server.Models.Add(new("mistral:latest"));

        time.Advance(TimeSpan.FromSeconds(59));
        (await harness.Directory.GetAsync(default)).Models.Count.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        (await harness.Directory.GetAsync(default)).Models.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Get_OneProviderDown_OthersAreListed()
    {
        await using OllamaWireServer server = await OllamaWireServer.StartAsync();
        server.TagsStatus = 500;
        await using ProviderHarness harness = new([("Providers:Ollama:Endpoint", server.Endpoint.ToString())]);

        ModelSnapshot snapshot = await harness.Directory.GetAsync(default);

        snapshot.Models.Select(model => model.Ref.ToString()).ShouldBe(["ollama:llama2", "offline:demo"]);
        snapshot.Health[new("ollama", "llama2")].Available.ShouldBeFalse();
    }

    [Fact]
    public async Task Get_Weights_OrderTheProviders()
    {
        await using OllamaWireServer ollama = await OllamaWireServer.StartAsync();
        await using OpenAiWireServer openAi = await OpenAiWireServer.StartAsync();
        await using ProviderHarness harness = new(
        [
            ("Providers:Ollama:Endpoint", ollama.Endpoint.ToString()), ("Providers:OpenAI:Endpoint", openAi.Endpoint.ToString()), ("Providers:OpenAI:Weight", "2"),
        ]);

        (await harness.Directory.GetAsync(default)).Models.Select(model => model.Ref.Provider).ShouldBe(["openai", "ollama", "offline"]);
    }

    [Fact]
    public async Task Get_DefaultEndpointNobodyConfigured_CountsFromItsFirstAnswerOn()
    {
        ManualTimeProvider time = new();
        await using OllamaWireServer server = await OllamaWireServer.StartAsync();
        server.TagsStatus = 503;
        ProviderSettings settings = new() { Name = "ollama", Endpoint = server.Endpoint, Model = "llama2", Configured = false };
        using HttpClient http = ProviderHttp.Create(settings, TimeSpan.FromSeconds(5));
        OllamaApi api = new(http, time);
        OllamaModels source = new(api, settings, time);
        using ProviderRegistry registry = new([new(settings, new OllamaChatClient(settings, api, source), source)]);
        ModelDirectory directory = new(registry, new(new(), time), NoCatalogue, time, NullLogger<ModelDirectory>.Instance);
        (await directory.GetAsync(default)).Models.ShouldBeEmpty();

        server.TagsStatus = 200;
        time.Advance(ModelListCache.SilenceLifetime);
        (await directory.GetAsync(default)).Models.ShouldHaveSingleItem().Ref.Model.ShouldBe("llama2:latest");

        server.TagsStatus = 503;
        time.Advance(ModelListCache.Lifetime);
        ModelSnapshot gone = await directory.GetAsync(default);
        gone.Health[gone.Models.ShouldHaveSingleItem().Ref].Available.ShouldBeFalse();
    }

    [Fact]
    public async Task Get_ManyAtOnce_AskTheProviderOnce()
    {
        TaskCompletionSource<IReadOnlyList<ModelInfo>> answer = new();
        SlowSource source = new(answer.Task);
        using ProviderRegistry registry = new([new(new() { Name = "slow", Endpoint = new("http://localhost"), Model = "m", Configured = true }, new OfflineChatClient(), source)]);
        ModelDirectory directory = new(registry, new(new(), TimeProvider.System), NoCatalogue, new ManualTimeProvider(), NullLogger<ModelDirectory>.Instance);

        Task<ModelSnapshot>[] asked = [.. Enumerable.Range(0, 20).Select(_ => directory.GetAsync(default).AsTask())];
        answer.SetResult([]);
        await Task.WhenAll(asked);

        source.Questions.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_ProviderHangsAtFirst_IsGivenUpAfterFiveSecondsAndTriedIfItsModelIsConfigured(bool modelConfigured)
    {
        ManualTimeProvider time = new();
        SlowSource source = new(new TaskCompletionSource<IReadOnlyList<ModelInfo>>().Task);
        using ProviderRegistry registry = RegistryOf(source, modelConfigured);
        ModelDirectory directory = new(registry, new(new(), time), NoCatalogue, time, NullLogger<ModelDirectory>.Instance);
        Task<ModelSnapshot> asked = directory.GetAsync(default).AsTask();
        await source.Asked.WaitAsync(TimeSpan.FromSeconds(30));

        time.Advance(TimeSpan.FromSeconds(5));

        (await asked).Health.GetValueOrDefault(new("slow", "m"), ModelHealth.Unknown).Available.ShouldBe(modelConfigured);
    }

    [Fact]
    public async Task Get_ProviderHangsLater_ItsEarlierListServesOnAfterTwoSeconds()
    {
        ManualTimeProvider time = new();
        SlowSource source = new(Task.FromResult<IReadOnlyList<ModelInfo>>([ModelCatalogue.Describe(new("slow", "other"), Locality.Cloud)]));
        using ProviderRegistry registry = RegistryOf(source, modelConfigured: false);
        ModelDirectory directory = new(registry, new(new(), time), NoCatalogue, time, NullLogger<ModelDirectory>.Instance);
        await directory.GetAsync(default);
        source.Hang();
        time.Advance(ModelListCache.Lifetime);
        Task<ModelSnapshot> asked = directory.GetAsync(default).AsTask();
        await source.Asked.WaitAsync(TimeSpan.FromSeconds(30));

        time.Advance(TimeSpan.FromSeconds(2));

        ModelSnapshot snapshot = await asked;
        snapshot.Health.GetValueOrDefault(snapshot.Models.ShouldHaveSingleItem().Ref, ModelHealth.Unknown).Available.ShouldBeTrue();
        await directory.GetAsync(default);
        source.Questions.ShouldBe(2); // Slow is believed as long as silence.
    }

    [Fact]
    public async Task Connect_LocalEndpointNamesAnotherMachine_IsRefusedWithoutConnecting()
    {
        ProviderSettings settings = new() { Name = "ollama", Endpoint = new("http://localhost"), Model = "m" };
        using HttpClient http = ProviderHttp.Create(settings, TimeSpan.FromSeconds(30));

        HttpRequestException error = await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync(new Uri("http://192.0.2.1/api/tags")));

        error.Message.ShouldContain("not this machine");
    }

    [Fact]
    public async Task Gateway_ClearedForAnotherModel_Refuses()
    {
        await using ProviderHarness harness = new([]);
        ModelRequest request = ProviderHarness.Request(new("offline", "demo"));

        ProviderException error = await Should.ThrowAsync<ProviderException>(async () =>
        {
            await foreach (ModelUpdate update in harness.Gateway.StreamAsync(ProviderHarness.Clear(request, new("openai:gpt-4o", Locality.Cloud)), default))
                update.ShouldBeNull();
        });

        error.Fault.ShouldBe(ProviderFault.Rejected);
    }

    [Fact]
    public async Task Gateway_OpenAiOnLoopback_IsNotLocalUnlessTrusted()
    {
        await using OpenAiWireServer server = await OpenAiWireServer.StartAsync();
        ModelRequest request = ProviderHarness.Request(new("OpenAI", "gpt-4o"));
        await using ProviderHarness plain = new([("Providers:OpenAI:Endpoint", server.Endpoint.ToString())]);
        await using ProviderHarness trusted = new([("Providers:OpenAI:Endpoint", server.Endpoint.ToString()), ("Providers:OpenAI:Trusted", "true")]);

        (await Should.ThrowAsync<ProviderException>(() => plain.AskAsync(request, Locality.Local))).Fault.ShouldBe(ProviderFault.Rejected);
        server.Requests.ShouldBeEmpty();
        (await trusted.AskAsync(request, Locality.Local))[^1].ShouldBeOfType<ModelUpdate.Finished>();
    }

    [Fact]
    public async Task Gateway_UnknownProvider_NamesTheEnabledOnes()
    {
        await using ProviderHarness harness = new([("Providers:Ollama:Enabled", "false")]);

        (await Should.ThrowAsync<ProviderException>(() => harness.AskAsync(ProviderHarness.Request(new("nowhere", "x")), Locality.Cloud)))
            .Message.ShouldBe("There is no provider 'nowhere'; enabled are offline.");
    }

    private static ProviderRegistry RegistryOf(SlowSource source, bool modelConfigured) => new(
        [new(new() { Name = "slow", Endpoint = new("http://localhost"), Model = "m", Configured = true, ModelConfigured = modelConfigured }, new OfflineChatClient(), source)]);

    /// <summary>A provider whose list comes when the test says so.</summary>
    private sealed class SlowSource(Task<IReadOnlyList<ModelInfo>> answer) : IModelSource
    {
        private Task<IReadOnlyList<ModelInfo>> _answer = answer;
        private TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _questions;

        public int Questions => _questions;

        public Task Asked => _asked.Task;

        public Locality Locality => Locality.Local;

        /// <summary>Answers no further question.</summary>
        public void Hang() =>
            (_answer, _asked) = (new TaskCompletionSource<IReadOnlyList<ModelInfo>>().Task, new(TaskCreationOptions.RunContinuationsAsynchronously));

        public Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _questions);
            Task<IReadOnlyList<ModelInfo>> listing = _answer.WaitAsync(cancellationToken);
            _asked.TrySetResult();
            return listing;
        }

        public Task<ModelInfo?> ShowAsync(string model, CancellationToken cancellationToken) => Task.FromResult<ModelInfo?>(null);

        public ValueTask<Locality> GetLocalityAsync(string model, CancellationToken cancellationToken) => ValueTask.FromResult(Locality);

        public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
