using HybridAgents.Core.Knowledge;
using HybridAgents.Orchestrations.Chat;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>Vectors of queries. A search waits for them briefly, and not at all for a while after a failure: its words are enough.</summary>
internal sealed class QueryVectors(ITextEmbedder embedder, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private long _failedAt;

    /// <summary>The vector of a query; null when there is none, now or at all.</summary>
    public async Task<QuantizedVector?> OfAsync(string tenant, KnowledgeQuery query, CancellationToken cancellationToken)
    {
        long failedAt = Volatile.Read(ref _failedAt);
        if (embedder.Model is null || string.IsNullOrWhiteSpace(query.Text) || (failedAt != 0 && time.GetElapsedTime(failedAt) < Pause))
            return null;
        using CancellationTokenSource limit = new(Longest, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await embedder.EmbedAsync(tenant, [query.Text], query.Label, either.Token) is [ReadOnlyMemory<float> vector] ? QuantizedVector.Of(vector.Span) : null;
        }
        catch (Exception error) when (error is ChatException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Volatile.Write(ref _failedAt, time.GetTimestamp());
            return null;
        }
    }
}
