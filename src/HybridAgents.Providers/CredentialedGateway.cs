using System.Runtime.CompilerServices;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Configuration;
using HybridAgents.Providers.Http;

namespace HybridAgents.Providers;

/// <inheritdoc cref="ICredentialedGateway"/>
internal sealed class CredentialedGateway(ProviderAdministration administration, ProviderFactory factory) : ICredentialedGateway
{
    public ModelInfo? Describe(string provider, string? model)
    {
        if (Find(provider) is not { } settings || (model ?? settings.Model) is not { Length: > 0 } name)
            return null;
        return ModelCatalogue.Describe(new(settings.Name, name), EndpointLocality.Of(settings)) with { Features = settings.Kind.Features, IsProviderDefault = name == settings.Model };
    }

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        Cleared<ModelRequest> request, ProviderCredential credential, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ModelRef model = request.Value.Model;
        if (!string.Equals(model.Provider, credential.Provider, StringComparison.OrdinalIgnoreCase) || Find(credential.Provider) is not { } settings)
            throw new ProviderException(model, ProviderFault.Rejected, $"The credential is for {credential.Provider}, not for {model}.");
        using ModelProvider provider = factory.Apart().Create(settings with { ApiKey = credential.ApiKey });
        await foreach (ModelUpdate update in ModelGateway.StreamAsync(provider, request, cancellationToken))
            yield return update;
    }

    private ProviderSettings? Find(string name) => administration.Settings.FirstOrDefault(settings =>
        settings.Enabled && settings.Kind.TakesKey && settings.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        && (settings.Configured || settings.Kind.Dialect != ProviderDialect.AzureOpenAI));
}
