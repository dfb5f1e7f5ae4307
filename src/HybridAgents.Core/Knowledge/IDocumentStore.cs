using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Knowledge;

/// <summary>What the knowledge base knows of an uploaded document.</summary>
/// <param name="Id"><c>doc_</c> and 16 hex digits, made of title and text: the same document is the same id.</param>
/// <param name="Title">Shown with hits.</param>
/// <param name="Characters">The length of its text.</param>
/// <param name="Chunks">How many pieces it is searched in.</param>
/// <param name="CreatedAt">When it was uploaded, UTC.</param>
/// <param name="PrivacyLevel">The least label of what reads it.</param>
/// <param name="EmbeddingModel">The model whose vectors it has, as configured; null for none yet.</param>
/// <param name="Dimensions">The length of those vectors; 0 when there are none, or no piece might be sent to the model.</param>
public sealed record DocumentInfo(
    string Id, string Title, int Characters, int Chunks, DateTimeOffset CreatedAt, PrivacyLabel PrivacyLevel, string? EmbeddingModel = null, int Dimensions = 0);

/// <summary>Documents that tenants upload, at most <see cref="MaxDocuments"/> each. Every change is durable, and searched by this process, when its call ends; by others a second later. Safe for concurrent use.</summary>
public interface IDocumentStore : IKnowledgeStore
{
    /// <summary>The most documents of a tenant.</summary>
    const int MaxDocuments = 10_000;

    /// <summary>Adds a document; the same one again is there once, under the higher label. Null when the tenant has too many.</summary>
    Task<DocumentInfo?> AddAsync(string tenant, DocumentText document, PrivacyLabel label, CancellationToken cancellationToken);

    /// <summary>All documents, newest first.</summary>
    Task<IReadOnlyList<DocumentInfo>> ListAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>What is known of a document; null if there is none.</summary>
    Task<DocumentInfo?> FindAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>Removes a document; false if there is none.</summary>
    Task<bool> DeleteAsync(string tenant, string id, CancellationToken cancellationToken);
}
