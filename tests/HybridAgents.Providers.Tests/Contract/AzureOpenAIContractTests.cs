using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

public sealed class AzureOpenAIContractTests() : OpenAIDialectContractTests("azure", "chat-prod", Locality.Cloud, new() { OpensWithoutChoices = true })
{
    protected override IEnumerable<(string Key, string Value)> Settings =>
    [
        ("Providers:AzureOpenAI:Endpoint", new Uri(Server.Endpoint, "/").ToString()), ("Providers:AzureOpenAI:ApiKey", "azure-wire-secret"),
        ("Providers:AzureOpenAI:Model", "chat-prod"), ("Providers:Ollama:Enabled", "false"),
    ];

    [Fact]
    public async Task Stream_Request_CarriesKeyAndDeploymentAndNoVersion()
    {
        await using ProviderHarness harness = new(Settings);

        await harness.AskAsync(ProviderHarness.Request(Model), Locality);

        WireRequest request = Service.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/openai/v1/chat/completions");
        request.Headers["Authorization"].ShouldBe("Bearer azure-wire-secret");
        request.Json.GetProperty("model").GetString().ShouldBe("chat-prod");
    }

    [Fact]
    public async Task Stream_RefusalRepeatsTheKey_MessageDoesNot()
    {
        await using ProviderHarness harness = new(Settings);
        Service.Enqueue(WireReply.Refuses(401, "Access denied due to invalid key azure-wire-secret."));

        ProviderException error = await Should.ThrowAsync<ProviderException>(() => harness.AskAsync(ProviderHarness.Request(Model), Locality));

        error.ToString().ShouldNotContain("azure-wire-secret");
    }

    [Fact]
    public async Task Directory_ResourceListsModels_OffersTheDeploymentOnly()
    {
        await using ProviderHarness harness = new([.. Settings, ("Providers:Offline:Enabled", "false")]);

        (await harness.Directory.GetAsync(default)).Models.ShouldHaveSingleItem().Ref.ShouldBe(Model);
    }
}
