using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

public sealed class OpenAIContractTests() : OpenAIDialectContractTests("openai", "gpt-4o", Locality.Cloud, new())
{
    protected override IEnumerable<(string Key, string Value)> Settings =>
        [("Providers:OpenAI:Endpoint", Server.Endpoint.ToString()), ("Providers:OpenAI:ApiKey", "sk-wire-secret"), ("Providers:Ollama:Enabled", "false")];

    [Fact]
    public async Task Stream_Request_CarriesKeyAndAsksForUsage()
    {
        await using ProviderHarness harness = new([.. Settings, ("Providers:OpenAI:Organization", "org-wire")]);

        await harness.AskAsync(ProviderHarness.Request(Model), Locality);

        WireRequest request = Service.Requests.ShouldHaveSingleItem();
        request.Headers["Authorization"].ShouldBe("Bearer sk-wire-secret");
        request.Headers["OpenAI-Organization"].ShouldBe("org-wire");
        request.Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Stream_RefusalRepeatsTheKey_MessageDoesNot()
    {
        await using ProviderHarness harness = new(Settings);
        Service.Enqueue(WireReply.Refuses(401, "Incorrect API key provided: sk-wire-secret."));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => harness.AskAsync(ProviderHarness.Request(Model), Locality));

        error.ToString().ShouldNotContain("sk-wire-secret");
        error.RequestId.ShouldBe("req_wire");
    }

    [Fact]
    public async Task Stream_ReasoningModel_LeavesTemperatureOut()
    {
        await using ProviderHarness harness = new(Settings);

        await harness.AskAsync(ProviderHarness.Request(new("openai", "o3-mini")) with { Temperature = 0.2 }, Locality);

        Service.Requests.ShouldHaveSingleItem().Json.TryGetProperty("temperature", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Directory_ServiceHasNoList_OffersTheConfiguredModel()
    {
        Service.ModelsStatus = 404;
        await using ProviderHarness harness = new(Settings);

        ModelSnapshot snapshot = await harness.Directory.GetAsync(default);

        snapshot.Models[0].Ref.ShouldBe(Model);
        snapshot.Health.ContainsKey(Model).ShouldBeFalse();
    }
}
