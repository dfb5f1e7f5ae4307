using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Knowledge;

/// <summary>Documents in folders: <c>root/tenant</c> for one tenant, <c>root/shared</c> for all, ids <c>name.md</c> and <c>shared/name.md</c>.</summary>
/// <remarks>
/// Files are looked at again on the first use after a second, and read again when their size or time has changed. Ids are looked up in the index and never become paths, so no id
/// leads outside; a tenant whose name is not letters, digits, <c>_</c> and <c>-</c> sees the shared documents only. Safe for concurrent use.
/// </remarks>
public sealed partial class FolderKnowledgeStore : IKnowledgeStore
{
    private const string Shared = "shared";
    private const int MaxQueryWords = 64;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Folder> _folders = new(StringComparer.Ordinal);

    /// <summary>Creates a store over the configured folder.</summary>
    public FolderKnowledgeStore(IOptions<KnowledgeOptions> options, TimeProvider time)
    {
        _root = Path.GetFullPath(options.Value.Path);
        _time = time;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KnowledgeHit>> SearchAsync(string tenant, KnowledgeQuery query, CancellationToken cancellationToken)
    {
        HashSet<string> words = [.. Words.Of(query.Text).Distinct(StringComparer.Ordinal).Take(MaxQueryWords)];
        List<IndexedDocument> documents = [];
        foreach (FolderIndex index in await IndexesAsync(tenant, cancellationToken))
            documents.AddRange(index.Documents);

        List<KnowledgeHit> hits = [];
        foreach ((IndexedDocument document, double score) in Bm25.Rank(documents, words))
        {
            if (hits.Count == query.Take)
                break;
            // A file that went away since then is no hit.
            if (await FolderIndex.ReadAsync(document.File.Path, cancellationToken) is { } text)
                hits.Add(new(document.Id, document.Title, Passage.Best(text, words), score, WordScore: score));
        }

        return hits;
    }

    /// <inheritdoc/>
    public async Task<KnowledgeDocument?> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        foreach (FolderIndex index in await IndexesAsync(tenant, cancellationToken))
        {
            if (index.Find(id) is { } document && await FolderIndex.ReadAsync(document.File.Path, cancellationToken) is { } text)
                return new(document.Id, document.Title, text);
        }

        return null;
    }

    private async Task<FolderIndex[]> IndexesAsync(string tenant, CancellationToken cancellationToken)
    {
        FolderIndex shared = await CurrentAsync(Shared, Shared + "/", cancellationToken);
        return tenant != Shared && TenantPattern().IsMatch(tenant) ? [await CurrentAsync(tenant, "", cancellationToken), shared] : [shared];
    }

    private async Task<FolderIndex> CurrentAsync(string name, string idPrefix, CancellationToken cancellationToken)
    {
        string path = Path.Combine(_root, name);
        // Only folders that exist are remembered: tenants without documents cost no memory.
        if (!_folders.TryGetValue(name, out Folder? folder))
        {
            if (!Directory.Exists(path))
                return FolderIndex.Empty;
            folder = _folders.GetOrAdd(name, static _ => new());
        }

        await folder.Gate.WaitAsync(cancellationToken);
        try
        {
            if (folder.CheckedAt is not { } last || _time.GetElapsedTime(last) >= RefreshInterval)
            {
                folder.Index = await folder.Index.RefreshedAsync(path, idPrefix, cancellationToken);
                folder.CheckedAt = _time.GetTimestamp();
            }

            return folder.Index;
        }
        finally
        {
            folder.Gate.Release();
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TenantPattern();

    private sealed class Folder
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public FolderIndex Index { get; set; } = FolderIndex.Empty;

        public long? CheckedAt { get; set; }
    }
}
