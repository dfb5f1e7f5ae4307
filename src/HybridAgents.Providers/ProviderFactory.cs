using System.ClientModel.Primitives;
using Anthropic;
using HybridAgents.Providers.Anthropic;
using HybridAgents.Providers.AzureOpenAI;
using HybridAgents.Providers.Cache;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Embeddings;
using HybridAgents.Providers.Health;
using HybridAgents.Providers.Http;
using HybridAgents.Providers.Offline;
using HybridAgents.Providers.Ollama;
using HybridAgents.Providers.OpenAI;
using HybridAgents.Providers.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI;

namespace HybridAgents.Providers;

/// <summary>Builds the enabled providers, each inside the pipeline.</summary>
/// <param name="options">The configuration.</param>
/// <param name="board">Where breakers and estimates live.</param>
/// <param name="cache">Where answers are remembered.</param>
/// <param name="azureV1">Azure OpenAI's way to list models and to make vectors.</param>
/// <param name="azure">The host's way to chat with Azure OpenAI.</param>
/// <param name="time">The clock.</param>
internal sealed class ProviderFactory(
    IOptions<ProvidersOptions> options, ModelHealthBoard board, ResponseCache cache, AzureOpenAIV1 azureV1, IAzureOpenAIConnector azure, TimeProvider time)
{
    private readonly ProvidersOptions _options = options.Value;

    /// <summary>The providers that take part, the heavier ones first. Those that nobody configured do only if they can be discovered.</summary>
    public static IEnumerable<ProviderSettings> Enabled(IEnumerable<ProviderSettings> all) =>
        all.Where(settings => settings.Enabled && (settings.Configured || settings.Kind.Discovered)).OrderByDescending(settings => settings.Weight);

    /// <summary>The providers that are configured; nothing is connected yet.</summary>
    public ProviderRegistry CreateRegistry() => new([.. Enabled(_options.Providers).Select(Create)]);

    /// <summary>A factory whose providers share no breaker, no estimate and no remembered answer with anybody.</summary>
    public ProviderFactory Apart() => new(options, new(_options.Breaker, time), new(new() { Enabled = false }, time), azureV1, azure, time);

    /// <summary>Builds one provider; nothing is connected yet.</summary>
    public ModelProvider Create(ProviderSettings settings) => settings.Kind.Dialect switch
    {
        ProviderDialect.Ollama => CreateOllama(settings),
        ProviderDialect.OpenAI => CreateOpenAI(settings),
        ProviderDialect.AzureOpenAI => CreateAzure(settings),
        ProviderDialect.Anthropic => CreateAnthropic(settings),
        _ => new(settings, Around(new OfflineChatClient(), settings), new OfflineModelSource()),
    };

    private ModelProvider CreateOllama(ProviderSettings settings)
    {
        HttpClient http = ProviderHttp.Create(settings, _options.Timeouts.Connect);
        OllamaApi api = new(http, time);
        OllamaModels models = new(api, settings, time);
        return new(settings, Around(new VectorClient(new OllamaChatClient(settings, api, models), new OllamaEmbeddings(settings, api)), settings), models, http, MakesVectors: true);
    }

    private ModelProvider CreateOpenAI(ProviderSettings settings)
    {
        HttpClient http = ProviderHttp.Create(settings, _options.Timeouts.Connect);
        OpenAIClient client = OpenAIClientFactory.Create(settings, http);
        VectorClient both = new(new OpenAIChatClient(settings, client, time), new OpenAIEmbeddings(settings, client, time));
        return new(settings, Around(both, settings), new OpenAIModels(client, settings, time), http, MakesVectors: true);
    }

    private ModelProvider CreateAzure(ProviderSettings settings)
    {
        HttpClient http = ProviderHttp.Create(settings, _options.Timeouts.Connect);
        void SetUp(ClientPipelineOptions client) => OpenAIClientFactory.SetUp(client, http);
        OpenAIClient v1 = azureV1.Connect(settings, SetUp);
        VectorClient both = new(new OpenAIChatClient(settings, azure.Connect(settings, SetUp), time), new OpenAIEmbeddings(settings, v1, time));
        return new(settings, Around(both, settings), new AzureOpenAIModels(new OpenAIModels(v1, settings, time), settings), http, MakesVectors: true);
    }

    private ModelProvider CreateAnthropic(ProviderSettings settings)
    {
        HttpClient http = ProviderHttp.Create(settings, _options.Timeouts.Connect, new AnthropicRefusals(time));
        AnthropicClient client = AnthropicClientFactory.Create(settings, http);
        return new(settings, Around(new AnthropicChatClient(settings.Name, client, settings.ApiKey), settings), new AnthropicModels(client, settings), http);
    }

    private IChatClient Around(IChatClient client, ProviderSettings settings) =>
        new ProviderPipeline(_options, board, cache, time, Random.Shared.NextDouble).Around(client, settings);
}
