using System.Text.Json.Serialization;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Knowledge;

/// <summary>A document of the knowledge base.</summary>
/// <param name="Id">Unique within the tenant.</param>
/// <param name="Title">Shown with hits.</param>
/// <param name="Content">Full text.</param>
/// <param name="Label">The least label of what reads it; what the text itself demands comes on top.</param>
public sealed record KnowledgeDocument(string Id, string Title, string Content, PrivacyLabel Label = PrivacyLabel.Standard);

/// <summary>A passage that fits a query, with what is needed to cite it.</summary>
/// <param name="Id">The document.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Summary">The passage that fits best, at most 300 characters.</param>
/// <param name="Score">Relevance; higher is better, no unit.</param>
/// <param name="Section">The headings that the passage stands under, outermost first, as <c>A &gt; B</c>; null if there are none or it is not known.</param>
/// <param name="Start">Where the piece that holds the passage begins, in characters from the beginning of the document; null if it is not known.</param>
/// <param name="Label">The least label of what reads it; what the text itself demands comes on top.</param>
/// <param name="WordScore">How well its words fit (BM25); null when none does.</param>
/// <param name="Similarity">How near its meaning is to the query's, up to 1; null when it is not among the nearest, or was not compared.</param>
public sealed record KnowledgeHit(
    string Id, string Title, string Summary, double Score, string? Section = null, int? Start = null, [property: JsonIgnore] PrivacyLabel Label = PrivacyLabel.Standard,
    double? WordScore = null, double? Similarity = null);

/// <summary>What is looked for.</summary>
/// <param name="Text">The query.</param>
/// <param name="MaxResults">The most passages wanted; taken as 1 to 20.</param>
/// <param name="Label">The label of the conversation that asks: a query above what an embedding model may see is compared by words only.</param>
public sealed record KnowledgeQuery(string Text, int MaxResults, PrivacyLabel Label = PrivacyLabel.Standard)
{
    /// <summary>Gets how many passages there are at most.</summary>
    public int Take => Math.Clamp(MaxResults, 1, 20);
}

/// <summary>Documents that agents may search, a set for each tenant.</summary>
public interface IKnowledgeStore
{
    /// <summary>Finds the passages that fit best, best first; at most three of a document.</summary>
    Task<IReadOnlyList<KnowledgeHit>> SearchAsync(string tenant, KnowledgeQuery query, CancellationToken cancellationToken);

    /// <summary>Reads a document; null if there is none.</summary>
    Task<KnowledgeDocument?> GetAsync(string tenant, string id, CancellationToken cancellationToken);
}
