using System.ClientModel;
using System.ClientModel.Primitives;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Http;
using OpenAI;

namespace HybridAgents.Providers.OpenAI;

/// <summary>The models of OpenAI, or of a service that speaks its language.</summary>
/// <param name="client">The SDK's client.</param>
/// <param name="settings">The provider.</param>
/// <param name="time">For dates in Retry-After.</param>
internal sealed class OpenAIModels(OpenAIClient client, ProviderSettings settings, TimeProvider time) : IModelSource
{
    private const string OfficialHost = "api.openai.com";

    private static readonly string[] ChatFamilies = ["gpt-", "chatgpt-", "o1", "o3", "o4", "ft:gpt-"];

    private static readonly string[] OtherUses = ["audio", "realtime", "image", "instruct", "search", "codex", "deep-research"];

    public Locality Locality { get; } = EndpointLocality.Of(settings);

    public async Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        ListedModel[] models = [.. (await FetchAsync(cancellationToken)).Where(CanChat)];
        string preferred = settings.Model.Length > 0 ? settings.Model : models.FirstOrDefault()?.Id ?? "";
        return [.. models.OrderBy(model => model.Id, StringComparer.Ordinal).Select(model => Describe(model) with { IsProviderDefault = model.Id == preferred })];
    }

    public async Task<ModelInfo?> ShowAsync(string model, CancellationToken cancellationToken) =>
        (await FetchAsync(cancellationToken)).FirstOrDefault(listed => listed.Id == model) is { } found ? Describe(found) : null;

    public ValueTask<Locality> GetLocalityAsync(string model, CancellationToken cancellationToken) => ValueTask.FromResult(Locality);

    public Task CheckAsync(CancellationToken cancellationToken) => FetchAsync(cancellationToken);

    /// <summary>All models; the configured one alone when the service has no list, as some compatible ones do not.</summary>
    private async Task<IReadOnlyList<ListedModel>> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The SDK's own type drops what other services add.
            ClientResult list = await client.GetOpenAIModelClient().GetModelsAsync(new RequestOptions { CancellationToken = cancellationToken });
            string prefix = settings.Kind.Profile.ListPrefix;
            return [.. ListedModel.Read(list.GetRawResponse().Content).Select(model => model.Id.StartsWith(prefix, StringComparison.Ordinal) ? model with { Id = model.Id[prefix.Length..] } : model)];
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && OpenAIFaults.Translate(new(settings.Name, "*"), error, answered: false, settings.ApiKey, time.GetUtcNow()) is { } fault)
        {
            if (fault.StatusCode is not (404 or 405))
                throw fault;
            return settings.Model.Length > 0 ? [new(settings.Model)] : [];
        }
    }

    /// <summary>OpenAI lists models of every kind and does not say which can chat; other services are taken at their word.</summary>
    private bool CanChat(ListedModel model) =>
        model.Chats != false && ModelNames.MayChat(model.Id)
        && (settings.Endpoint.Host != OfficialHost
            || (ChatFamilies.Any(family => model.Id.StartsWith(family, StringComparison.Ordinal)) && !Holds(OtherUses, model.Id)));

    private static bool Holds(string[] words, string name) => words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private ModelInfo Describe(ListedModel model)
    {
        ModelInfo described = ModelCatalogue.Describe(new(settings.Name, model.Id), Locality);
        return described with
        {
            ContextWindow = model.Window ?? described.ContextWindow,
            SupportsTools = model.Tools ?? described.SupportsTools,
            SupportsImages = model.Images ?? described.SupportsImages,
            Features = settings.Kind.Profile.Features,
            IsProviderDefault = model.Id == settings.Model,
        };
    }
}
