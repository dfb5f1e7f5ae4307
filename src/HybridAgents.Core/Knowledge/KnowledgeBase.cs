namespace HybridAgents.Core.Knowledge;

/// <summary>All that agents may search: the operator's folder and the documents that the tenant has uploaded.</summary>
/// <param name="folder">The folder.</param>
/// <param name="documents">Uploaded documents; null where there are none.</param>
public sealed class KnowledgeBase(FolderKnowledgeStore folder, IDocumentStore? documents = null) : IKnowledgeStore
{
    /// <inheritdoc/>
    /// <remarks>Scores of different indexes do not compare, ranks do: with hits in both, a hit's score is its share by <see cref="RankFusion"/>.</remarks>
    public async Task<IReadOnlyList<KnowledgeHit>> SearchAsync(string tenant, KnowledgeQuery query, CancellationToken cancellationToken)
    {
        IReadOnlyList<KnowledgeHit> files = await folder.SearchAsync(tenant, query, cancellationToken);
        IReadOnlyList<KnowledgeHit> uploaded = documents is null ? [] : await documents.SearchAsync(tenant, query, cancellationToken);
        if (files.Count == 0 || uploaded.Count == 0)
            return files.Count == 0 ? uploaded : files;
        return [.. ByRank(uploaded).Concat(ByRank(files)).OrderByDescending(static hit => hit.Score).Take(query.Take)];
    }

    /// <inheritdoc/>
    public async Task<KnowledgeDocument?> GetAsync(string tenant, string id, CancellationToken cancellationToken) =>
        (documents is null ? null : await documents.GetAsync(tenant, id, cancellationToken)) ?? await folder.GetAsync(tenant, id, cancellationToken);

    private static IEnumerable<KnowledgeHit> ByRank(IEnumerable<KnowledgeHit> hits) => hits.Select(static (hit, index) => hit with { Score = RankFusion.ShareOf(index + 1) });
}
