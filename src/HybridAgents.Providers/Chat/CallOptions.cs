using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>The options of a call with what the pipeline must know and no provider is told.</summary>
internal sealed class CallOptions : ChatOptions
{
    /// <summary>Gets the call as it was asked for.</summary>
    public required ModelRequest Request { get; init; }

    /// <summary>Gets the label that the text was cleared under.</summary>
    public required PrivacyLabel Label { get; init; }
}
