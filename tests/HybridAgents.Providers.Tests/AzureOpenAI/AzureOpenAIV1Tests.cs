using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using HybridAgents.Providers.AzureOpenAI;
using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenAI;
using OpenAI.Chat;

namespace HybridAgents.Providers.Tests.AzureOpenAI;

public sealed class AzureOpenAIV1Tests
{
    private static readonly ProviderSettings Settings = new() { Name = "azure", Endpoint = new("https://me.openai.azure.com"), Model = "chat", Configured = true };

    [Theory]
    [InlineData("https://me.openai.azure.com", "https://me.openai.azure.com/openai/v1/")]
    [InlineData("https://me.openai.azure.com/openai/v1", "https://me.openai.azure.com/openai/v1/")]
    [InlineData("https://gateway.example/team/", "https://gateway.example/team/openai/v1/")]
    public void AddressOf_ResourceOrInterface_IsTheInterface(string endpoint, string expected) =>
        AzureOpenAIV1.AddressOf(new(endpoint)).AbsoluteUri.ShouldBe(expected);

    [Fact]
    public async Task Connect_NoKey_SendsATokenOfTheHost()
    {
        using RecordingHandler wire = new();
        using HttpClient http = new(wire);
        Tokens tokens = new();
        OpenAIClient client = new AzureOpenAIV1(tokens).Connect(Settings, options => options.Transport = new HttpClientPipelineTransport(http));

        ChatCompletion answer = await client.GetChatClient("chat").CompleteChatAsync("Hello");

        answer.Content[0].Text.ShouldBe("Hi");
        wire.Authorization.ShouldBe("Bearer entra-token");
        wire.Address.ShouldBe(new("https://me.openai.azure.com/openai/v1/chat/completions"));
        tokens.Scopes.ShouldBe(["https://ai.azure.com/.default"]);
    }

    [Theory]
    [InlineData("Providers:AzureOpenAI:ApiKey is missing; only the Azure Functions host can do without, by Entra ID.", "https://me.openai.azure.com", null, null)]
    [InlineData("Providers:AzureOpenAI:ApiVersion is for the Azure Functions host only; leave it out to use the endpoint /openai/v1/.", "https://me.openai.azure.com", "k", "2024-10-21")]
    public void AddHybridAgentsProviders_SettingsThatThisHostCannotServe_StopTheStart(string message, string endpoint, string? key, string? version) =>
        Should.Throw<OptionsValidationException>(() => Validate(endpoint, key, version)).Failures.ShouldBe([message]);

    [Fact]
    public void AddHybridAgentsProviders_TokensOverPlainHttp_StopTheStart() =>
        Should.Throw<OptionsValidationException>(() => Validate("http://me.example", null, null, new Tokens())).Failures
            .ShouldBe(["Providers:AzureOpenAI:Endpoint is 'http://me.example/'; without Providers:AzureOpenAI:ApiKey it must be an https:// address."]);

    [Fact]
    public void AddHybridAgentsProviders_TokensOverHttps_Starts() => Validate("https://me.openai.azure.com", null, null, new Tokens());

    private static void Validate(string endpoint, string? key, string? version, AuthenticationTokenProvider? tokens = null)
    {
        ServiceCollection services = new();
        if (tokens is not null)
            services.AddSingleton(tokens);
        services.AddHybridAgentsProviders(new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Providers:AzureOpenAI:Endpoint", endpoint), new("Providers:AzureOpenAI:ApiKey", key),
            new("Providers:AzureOpenAI:ApiVersion", version), new("Providers:AzureOpenAI:Model", "chat"),
        ]).Build());
        using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IStartupValidator>().Validate();
    }

    private sealed class Tokens : AuthenticationTokenProvider
    {
        public List<string> Scopes { get; } = [];

        public override GetTokenOptions? CreateTokenOptions(IReadOnlyDictionary<string, object> properties) => new(properties);

        public override AuthenticationToken GetToken(GetTokenOptions options, CancellationToken cancellationToken)
        {
            Scopes.AddRange(((ReadOnlyMemory<string>)options.Properties[GetTokenOptions.ScopesPropertyName]).ToArray());
            return new("entra-token", "Bearer", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AuthenticationToken> GetTokenAsync(GetTokenOptions options, CancellationToken cancellationToken) => new(GetToken(options, cancellationToken));
    }

    private sealed class RecordingHandler : HttpMessageHandler
    {
        public string? Authorization { get; private set; }

        public Uri? Address { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Authorization, Address) = (request.Headers.Authorization?.ToString(), request.RequestUri);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent("""{"id":"1","object":"chat.completion","created":1,"model":"chat","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"""),
            });
        }
    }
}
