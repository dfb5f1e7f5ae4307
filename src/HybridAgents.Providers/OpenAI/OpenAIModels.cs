using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Http;
using OpenAI;
using OpenAI.Models;

namespace HybridAgents.Providers.OpenAI;

/// <summary>The models of OpenAI, or of a service that speaks its language.</summary>
/// <param name="client">The SDK's client.</param>
/// <param name="settings">The provider.</param>
/// <param name="time">For dates in Retry-After.</param>
internal sealed class OpenAIModels(OpenAIClient client, ProviderSettings settings, TimeProvider time) : IModelSource
{
    private const string OfficialHost = "api.openai.com";

    private static readonly string[] ChatFamilies = ["gpt-", "chatgpt-", "o1", "o3", "o4", "ft:gpt-"];

    private static readonly string[] OtherUses = ["audio", "realtime", "image", "transcribe", "tts", "instruct", "search", "codex", "deep-research"];

    public Locality Locality { get; } = EndpointLocality.Of(settings, localKind: false);

    public async Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await FetchAsync(cancellationToken)).Where(CanChat).Order(StringComparer.Ordinal).Select(Describe)];

    public async Task<ModelInfo?> ShowAsync(string model, CancellationToken cancellationToken) =>
        (await FetchAsync(cancellationToken)).Contains(model, StringComparer.Ordinal) ? Describe(model) : null;

    public ValueTask<Locality> GetLocalityAsync(string model, CancellationToken cancellationToken) => ValueTask.FromResult(Locality);

    public Task CheckAsync(CancellationToken cancellationToken) => FetchAsync(cancellationToken);

    /// <summary>All names; the configured one alone when the service has no list, as some compatible ones do not.</summary>
    private async Task<IReadOnlyList<string>> FetchAsync(CancellationToken cancellationToken)
    {
        ModelRef all = new(settings.Name, "*");
        try
        {
            OpenAIModelCollection models = await client.GetOpenAIModelClient().GetModelsAsync(cancellationToken);
            return [.. models.Select(model => model.Id)];
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && OpenAIFaults.Translate(all, error, answered: false, settings.ApiKey, time.GetUtcNow()) is { } fault)
        {
            return fault.StatusCode is 404 or 405 ? [settings.Model] : throw fault;
        }
    }

    /// <summary>OpenAI lists models of every kind and does not say which can chat; other services are taken at their word.</summary>
    private bool CanChat(string model) =>
        settings.Endpoint.Host != OfficialHost
        || (ChatFamilies.Any(family => model.StartsWith(family, StringComparison.Ordinal)) && !OtherUses.Any(use => model.Contains(use, StringComparison.Ordinal)));

    private ModelInfo Describe(string model) =>
        ModelCatalogue.Describe(new(settings.Name, model), Locality) with { IsProviderDefault = model == settings.Model, Features = ModelFeatures.All };
}
