namespace HybridAgents.Core.Knowledge;

/// <summary>A document of the knowledge base.</summary>
/// <param name="Id">Unique within the tenant.</param>
/// <param name="Title">Shown with hits.</param>
/// <param name="Content">Full text.</param>
public sealed record KnowledgeDocument(string Id, string Title, string Content);

/// <summary>A document that fits a query.</summary>
/// <param name="Id">The document.</param>
/// <param name="Title">Its title.</param>
/// <param name="Summary">The passage that fits best, at most 300 characters.</param>
/// <param name="Score">Relevance; higher is better, no unit.</param>
public sealed record KnowledgeHit(string Id, string Title, string Summary, double Score);

/// <summary>Documents that agents may search, a set for each tenant.</summary>
public interface IKnowledgeStore
{
    /// <summary>Finds the <paramref name="maxResults"/> (1 to 20) documents that fit best, best first.</summary>
    Task<IReadOnlyList<KnowledgeHit>> SearchAsync(string tenant, string query, int maxResults, CancellationToken cancellationToken);

    /// <summary>Reads a document; null if there is none.</summary>
    Task<KnowledgeDocument?> GetAsync(string tenant, string id, CancellationToken cancellationToken);
}
