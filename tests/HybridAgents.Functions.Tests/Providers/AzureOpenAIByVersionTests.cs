using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Core;
using HybridAgents.Functions.Providers;
using HybridAgents.Providers.AzureOpenAI;
using HybridAgents.Providers.Configuration;
using Moq;
using OpenAI;

namespace HybridAgents.Functions.Tests.Providers;

public sealed class AzureOpenAIByVersionTests
{
    private static readonly ProviderSettings Settings = new() { Name = "azure", Endpoint = new("https://me.openai.azure.com"), Model = "chat", Configured = true };

    private readonly AzureOpenAIByVersion _connector = new(new AzureOpenAIV1(Credential), Credential);

    private static TokenCredential Credential { get; } = Mock.Of<TokenCredential>();

    [Theory]
    [InlineData(null)]
    [InlineData("a-key")]
    public void Connect_Version_IsAzuresOwnClient(string? key)
    {
        ProviderSettings settings = Settings with { ApiVersion = "2024-10-21", ApiKey = key };
        ClientPipelineOptions? options = null;

        _connector.Refuse(settings).ShouldBeNull();
        _connector.Connect(settings, seen => options = seen).ShouldBeOfType<AzureOpenAIClient>();

        options.ShouldBeOfType<AzureOpenAIClientOptions>();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a-key")]
    public void Connect_NoVersion_IsThePlainClient(string? key)
    {
        _connector.Refuse(Settings with { ApiKey = key }).ShouldBeNull();
        _connector.Connect(Settings with { ApiKey = key }, static _ => { }).ShouldBeOfType<OpenAIClient>();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("latest")]
    [InlineData("2019-01-01")]
    public void Refuse_UnknownVersion_NamesTheSettingAndTheKnownOnes(string version) =>
        _connector.Refuse(Settings with { ApiVersion = version })!.ShouldStartWith($"Providers:AzureOpenAI:ApiVersion is '{version}'; allowed are 2024-06-01, 2024-10-21");
}
