using System.Text.Json;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Keeps the states of conversations with their heads.</summary>
internal sealed class ConversationStates(ConversationRows rows) : IConversationStates
{
    public async Task<ConversationState?> UpdateAsync(string tenant, string conversationId, JsonElement analysis, CancellationToken cancellationToken) =>
        await rows.ChangeAsync(conversationId, head => head.Tenant == tenant ? head with { State = head.State.With(analysis) } : null, cancellationToken) is { } changed && changed.Tenant == tenant
            ? changed.State
            : null;
}
