namespace HybridAgents.Core.Knowledge;

/// <summary>A document as the index knows it; its text stays in the file.</summary>
/// <param name="Id">Unique within the tenant.</param>
/// <param name="File">The file, with the size and time it was read at.</param>
/// <param name="Title">Its first heading, or the file's name.</param>
/// <param name="Frequencies">How often it holds each word.</param>
/// <param name="Length">All its words.</param>
internal sealed record IndexedDocument(string Id, FileStamp File, string Title, IReadOnlyDictionary<string, int> Frequencies, int Length)
{
    public static IndexedDocument Create(string id, FileStamp file, string text)
    {
        Dictionary<string, int> frequencies = new(StringComparer.Ordinal);
        int length = 0;
        foreach (string word in Words.Of(text))
        {
            frequencies[word] = frequencies.GetValueOrDefault(word) + 1;
            length++;
        }

        return new(id, file, TitleOf(text, file.Path), frequencies, length);
    }

    private static string TitleOf(string text, string path) =>
        DocumentText.HeadingOf(text) is { } heading ? Passage.Bounded(heading) : Path.GetFileNameWithoutExtension(path);
}

/// <summary>A file and how it looked: another size or time means other content.</summary>
internal readonly record struct FileStamp(string Path, long Size, DateTime Written);
