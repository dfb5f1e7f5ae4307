using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers;

namespace HybridAgents.Orchestrations.Chat;

/// <summary>The models that a chat may use: the host's, or those that the caller's own credential opens.</summary>
internal sealed class ChatModels(IModelDirectory directory, IModelGateway gateway, ICredentialedGateway credentialed)
{
    /// <summary>What there is for a request.</summary>
    public async ValueTask<ModelSnapshot> GetAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        ModelSnapshot all = await directory.GetAsync(cancellationToken);
        if (request.Credential is not { } credential)
            return all;
        string prefix = $"{credential.Provider}:";
        string model = request.Model.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? request.Model[prefix.Length..] : request.Model;
        List<ModelInfo> models = [.. all.Models.Where(listed => listed.Ref.Provider.Equals(credential.Provider, StringComparison.OrdinalIgnoreCase))];
        // The host may not know the model, for its own credential does not open it, or it has none.
        bool any = model.Equals("auto", StringComparison.OrdinalIgnoreCase);
        if ((any ? models.Count == 0 : !models.Exists(listed => ModelNames.Same(listed.Ref.Model, model))) && credentialed.Describe(credential.Provider, any ? null : model) is { } described)
            models.Add(described);
        return new(models, new Dictionary<ModelRef, Core.Routing.ModelHealth>());
    }

    /// <summary>Calls a model.</summary>
    public IAsyncEnumerable<ModelUpdate> StreamAsync(Cleared<ModelRequest> request, ProviderCredential? credential, CancellationToken cancellationToken) =>
        credential is null ? gateway.StreamAsync(request, cancellationToken) : credentialed.StreamAsync(request, credential, cancellationToken);
}
