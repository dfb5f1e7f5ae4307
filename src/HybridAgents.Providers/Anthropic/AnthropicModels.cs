using Anthropic;
using Anthropic.Models.Models;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Http;
using ModelInfo = HybridAgents.Core.Models.ModelInfo;
using WireModel = Anthropic.Models.Models.ModelInfo;

namespace HybridAgents.Providers.Anthropic;

/// <summary>The models of Anthropic.</summary>
/// <param name="client">The SDK's client.</param>
/// <param name="settings">The provider.</param>
internal sealed class AnthropicModels(AnthropicClient client, ProviderSettings settings) : IModelSource
{
    /// <summary>The most that the service gives in one page; it has far fewer models.</summary>
    private const int PageSize = 1000;

    public Locality Locality { get; } = EndpointLocality.Of(settings);

    /// <summary>The models, and the configured name first when it is an alias that the list does not have.</summary>
    public async Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<WireModel> listed = await FetchAsync(cancellationToken);
        IEnumerable<ModelInfo> models = listed.Select(model => Describe(model.ID, model));
        return listed.Any(model => model.ID == settings.Model) || Aliased(listed, settings.Model) is not { } dated
            ? [.. models]
            : [Describe(settings.Model, dated), .. models];
    }

    public async Task<ModelInfo?> ShowAsync(string model, CancellationToken cancellationToken)
    {
        IReadOnlyList<WireModel> listed = await FetchAsync(cancellationToken);
        return (listed.FirstOrDefault(candidate => candidate.ID == model) ?? Aliased(listed, model)) is { } found ? Describe(model, found) : null;
    }

    public ValueTask<Locality> GetLocalityAsync(string model, CancellationToken cancellationToken) => ValueTask.FromResult(Locality);

    public Task CheckAsync(CancellationToken cancellationToken) => FetchAsync(cancellationToken);

    private async Task<IReadOnlyList<WireModel>> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await client.Models.List(new ModelListParams { Limit = PageSize }, cancellationToken)).Items;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && AnthropicFaults.Translate(new(settings.Name, "*"), error, answered: false, settings.ApiKey) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>The model behind an undated name: <c>claude-sonnet-4-5</c> is <c>claude-sonnet-4-5-20250929</c>.</summary>
    private static WireModel? Aliased(IReadOnlyList<WireModel> listed, string name) =>
        listed.FirstOrDefault(model => model.ID.StartsWith($"{name}-", StringComparison.Ordinal) && model.ID.AsSpan(name.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0);

    private ModelInfo Describe(string name, WireModel reported)
    {
        ModelInfo described = ModelCatalogue.Describe(new(settings.Name, name), Locality);
        return described with
        {
            ContextWindow = (int?)reported.MaxInputTokens ?? described.ContextWindow,
            MaxOutputTokens = (int?)reported.MaxTokens ?? described.MaxOutputTokens,
            Features = AnthropicRequests.Features,
            IsProviderDefault = name == settings.Model,
        };
    }
}
