namespace HybridAgents.Core.Knowledge;

/// <summary>The index of one folder's <c>*.md</c> and <c>*.txt</c> files. Immutable; <see cref="RefreshedAsync"/> makes the next one.</summary>
/// <remarks>Symbolic links are not followed, and files above 1 MiB, files beyond the thousandth (by name) and files that cannot be read are left out.</remarks>
internal sealed class FolderIndex
{
    private const long MaxFileSize = 1 << 20;
    private const int MaxFiles = 1000;

    private readonly Dictionary<string, IndexedDocument> _byId;

    private FolderIndex(IEnumerable<IndexedDocument> documents) => _byId = documents.ToDictionary(static document => document.Id, StringComparer.Ordinal);

    public static FolderIndex Empty { get; } = new([]);

    public IReadOnlyCollection<IndexedDocument> Documents => _byId.Values;

    public IndexedDocument? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The index of the folder as it is now; files that look unchanged are not read again.</summary>
    public async Task<FolderIndex> RefreshedAsync(string folder, string idPrefix, CancellationToken cancellationToken)
    {
        FileStamp[] files = Files(folder);
        if (files.Length == _byId.Count && files.All(file => Find(idPrefix + Path.GetFileName(file.Path))?.File == file))
            return this;
        List<IndexedDocument> documents = new(files.Length);
        foreach (FileStamp file in files)
        {
            string id = idPrefix + Path.GetFileName(file.Path);
            if (Find(id) is { } known && known.File == file)
                documents.Add(known);
            else if (await ReadAsync(file.Path, cancellationToken) is { } text)
                documents.Add(IndexedDocument.Create(id, file, text));
        }

        return new(documents);
    }

    /// <summary>Reads a file; null when it is gone, unreadable, too large by now, or a link.</summary>
    public static async Task<string?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            FileInfo file = new(path);
            return IsUsable(file) ? await File.ReadAllTextAsync(path, cancellationToken) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static FileStamp[] Files(string folder)
    {
        DirectoryInfo directory = new(folder);
        if (!directory.Exists || directory.LinkTarget is not null)
            return [];
        return
        [
            .. directory.EnumerateFiles().Where(IsUsable).OrderBy(static file => file.Name, StringComparer.Ordinal).Take(MaxFiles)
                .Select(static file => new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc)),
        ];
    }

    private static bool IsUsable(FileInfo file) =>
        file.Exists && file.LinkTarget is null && file.Extension.ToLowerInvariant() is ".md" or ".txt" && file.Length <= MaxFileSize;
}
