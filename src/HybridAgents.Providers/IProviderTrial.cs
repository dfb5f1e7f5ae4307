using HybridAgents.Core.Models;

namespace HybridAgents.Providers;

/// <summary>Reaches providers at addresses that nobody has configured, and keeps nothing of them.</summary>
public interface IProviderTrial
{
    /// <summary>Gets the kinds of provider that can be tried, lower case.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Whether a provider of this kind is tried only with a key: it must never get one of this host's.</summary>
    bool NeedsKey(string kind);

    /// <summary>Lists the models that the provider has.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="endpoint">An absolute HTTP address.</param>
    /// <param name="apiKey">The key; null for none.</param>
    /// <param name="publicOnly">Whether only addresses of the public internet may be connected to, whatever the name resolves to.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ProviderException">It did not answer, or refused. The message does not hold the key.</exception>
    Task<IReadOnlyList<ModelInfo>> ListAsync(string kind, Uri endpoint, string? apiKey, bool publicOnly, CancellationToken cancellationToken);
}
