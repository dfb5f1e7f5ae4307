using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Directory;

public sealed class ModelDirectoryTests
{
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
}
