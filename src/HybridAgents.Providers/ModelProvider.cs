using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers;

/// <summary>An enabled provider: its chat client inside the whole pipeline, and what it says of its models.</summary>
/// <param name="Settings">Its configuration; the name in lower case.</param>
/// <param name="Client">The pipeline. The model of a call is <see cref="ChatOptions.ModelId"/>.</param>
/// <param name="Source">Its models.</param>
/// <param name="MakesVectors">Whether the pipeline takes calls for vectors.</param>
/// <param name="Connections">What to close in the end; null for nothing.</param>
public sealed record ModelProvider(ProviderSettings Settings, IChatClient Client, IModelSource Source, IDisposable? Connections = null, bool MakesVectors = false) : IDisposable
{
    /// <summary>Gets the name, lower case.</summary>
    public string Name => Settings.Name;

    /// <summary>Closes its connections.</summary>
    public void Dispose()
    {
        Client.Dispose();
        Connections?.Dispose();
    }
}
