using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.OpenAI;

namespace HybridAgents.Providers.AzureOpenAI;

/// <summary>The deployments of a resource. Its list has the models that could be deployed, so it says only whether the resource answers: what is offered is the configured deployment.</summary>
/// <param name="service">The resource by its <c>/openai/v1/</c> endpoint.</param>
/// <param name="settings">The provider.</param>
internal sealed class AzureOpenAIModels(OpenAIModels service, ProviderSettings settings) : IModelSource
{
    public Locality Locality => service.Locality;

    public async Task<IReadOnlyList<ModelInfo>> ListAsync(CancellationToken cancellationToken)
    {
        await service.CheckAsync(cancellationToken);
        return [Describe(settings.Model)];
    }

    /// <summary>Any name may be a deployment: a call tells.</summary>
    public Task<ModelInfo?> ShowAsync(string model, CancellationToken cancellationToken) => Task.FromResult<ModelInfo?>(Describe(model));

    public ValueTask<Locality> GetLocalityAsync(string model, CancellationToken cancellationToken) => service.GetLocalityAsync(model, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => service.CheckAsync(cancellationToken);

    private ModelInfo Describe(string deployment) =>
        ModelCatalogue.Describe(new(settings.Name, deployment), Locality) with { IsProviderDefault = deployment == settings.Model, Features = ModelFeatures.All };
}
