using HybridAgents.Core.Agents;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Memory;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Looks up what a run begins with: the conversation before it, and what the type of its agent asks for.</summary>
internal sealed class OpeningBuilder(ConversationRows rows, IKnowledgeStore knowledge, IMemoryStore memory, TimeProvider time)
{
    private const int MaxPassages = 3;
    private const int MaxEpisodes = 3;

    /// <summary>The opening of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="request">Its request.</param>
    /// <param name="head">Its conversation; null for none.</param>
    /// <param name="cancellationToken">Ends looking up.</param>
    public async Task<Opening> BuildAsync(RunRow run, RunRequest request, ConversationHead? head, CancellationToken cancellationToken)
    {
        List<Message> history = [];
        if (head is not null)
        {
            await foreach ((int number, ConversationMessage message) in rows.ReadMessagesAsync(head, head.SummaryUntil, cancellationToken))
            {
                if (!request.Regenerates || number < head.LastTurn)
                    history.Add(message.Message);
            }
        }

        AgentAids aids = AgentCatalog.AidsOf(request.Agent.AgentType);
        string question = FeatureExtractor.NewestOfUser(request.Messages);
        // What is looked up is no more private than what there is: otherwise one private memory would make every conversation private.
        PrivacyLabel label = run.Label.RaisedTo(head?.Label ?? PrivacyLabel.Standard);
        List<string> background = [];
        if (aids.HasFlag(AgentAids.State) && head is not null)
            background.Add(head.State.Describe());
        if (aids.HasFlag(AgentAids.Memory) && await RememberedAsync(run.Tenant, head?.Id, question, label, cancellationToken) is { } remembered)
            background.Add(remembered);
        if (aids.HasFlag(AgentAids.Knowledge))
        {
            IReadOnlyList<KnowledgeHit> hits = [.. (await knowledge.SearchAsync(run.Tenant, new(question, MaxPassages, label), cancellationToken)).Where(hit => hit.Label <= label)];
            if (hits.Count > 0)
                background.Add("Passages of the knowledge base that may help; cite the ids of those you use:\n\n"
                    + string.Join("\n\n", hits.Select(static hit => $"Document ID: {hit.Id}\nTitle: {hit.Title}\nContent: {hit.Summary}")));
        }

        return new(history, head?.Summary, background.Count == 0 ? null : string.Join("\n\n", background), label);
    }

    private async Task<string?> RememberedAsync(string tenant, string? conversation, string question, PrivacyLabel label, CancellationToken cancellationToken)
    {
        List<string> episodes = [];
        await foreach ((_, string id) in rows.ListAsync(tenant, null, cancellationToken))
        {
            if (id != conversation && await rows.FindAsync(id, tenant, cancellationToken) is { Title: { } title, ExchangeCount: > 0 } other && other.Label <= label)
                episodes.Add(other.Summary is { } summary ? $"{title}: {summary}" : title);
            if (episodes.Count >= MaxEpisodes)
                break;
        }

        if (MemoryContext.Of(await memory.ListAsync(tenant, cancellationToken), episodes, question, label, time.GetUtcNow()) is not { } context)
            return null;
        await memory.TouchAsync(tenant, context.Items, cancellationToken);
        return context.Text;
    }
}
