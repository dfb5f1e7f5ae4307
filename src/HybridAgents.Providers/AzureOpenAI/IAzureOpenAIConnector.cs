using System.ClientModel.Primitives;
using HybridAgents.Providers.Configuration;
using OpenAI;

namespace HybridAgents.Providers.AzureOpenAI;

/// <summary>Makes the SDK's chat client for Azure OpenAI. A host that has Azure's own packages registers another than <see cref="AzureOpenAIV1"/>.</summary>
public interface IAzureOpenAIConnector
{
    /// <summary>Why these settings cannot be served, as a sentence that names the setting and what is allowed; null if they can. Called at start.</summary>
    string? Refuse(ProviderSettings settings);

    /// <summary>Makes the client; nothing is connected yet.</summary>
    /// <param name="settings">The provider, not refused.</param>
    /// <param name="setUp">Gives the client's pipeline its transport and takes retries and time-outs out of it; to be called on the options.</param>
    OpenAIClient Connect(ProviderSettings settings, Action<ClientPipelineOptions> setUp);
}
