using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridAgents.Durable.Journal;

/// <summary>One checkpoint and what it needs beside it.</summary>
/// <param name="Generation">The checkpoint's number, from 1.</param>
/// <param name="ReplayAfter">The LSN after which records must be replayed over it.</param>
/// <param name="TailSegment">The first segment that can hold such a record.</param>
/// <param name="Durable">An LSN known to be on disk when it was taken: a journal that ends before it has lost records.</param>
/// <param name="Segments">Segments before <paramref name="TailSegment"/> that it refers to.</param>
internal sealed record CheckpointReference(long Generation, long ReplayAfter, int TailSegment, long Durable, IReadOnlyList<int> Segments)
{
    public const string Extension = ".checkpoint";

    public string FileName => Generation.ToString("D10", CultureInfo.InvariantCulture) + Extension;
}

/// <summary>The root of the journal: which checkpoint counts. Replaced as a whole by a rename.</summary>
/// <param name="Newest">The last checkpoint.</param>
/// <param name="Previous">The one before, while everything that it needs exists.</param>
internal sealed record Manifest(CheckpointReference Newest, CheckpointReference? Previous)
{
    public const string FileName = "manifest";

    private const string TemporaryName = "manifest.tmp";

    /// <summary>Gets the format's version; that of a newer build may hold what this one does not know, so it is read first.</summary>
    public int Format { get; init; } = JournalFormat.Current;

    /// <summary>Gets the checkpoints, the newest first.</summary>
    [JsonIgnore]
    public IReadOnlyList<CheckpointReference> Checkpoints => Previous is null ? [Newest] : [Newest, Previous];

    /// <summary>Reads the manifest; null in a journal that has no checkpoint yet.</summary>
    /// <exception cref="JournalCorruptException">The file is damaged.</exception>
    /// <exception cref="JournalVersionException">This build does not read its version.</exception>
    public static Manifest? Read(IJournalFiles files)
    {
        if (!files.List().Contains(FileName))
            return null;
        using IJournalFile file = files.Open(FileName);
        byte[] bytes = new byte[file.Length];
        int length = file.Read(0, bytes);
        if (length <= 4 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Crc32C.Compute(bytes.AsSpan(4, length - 4)))
            throw new JournalCorruptException(FileName, 0, "the manifest's checksum is wrong");
        using JsonDocument json = JsonDocument.Parse(bytes.AsMemory(4, length - 4));
        JournalFormat.Check(FileName, json.RootElement.TryGetProperty(nameof(Format), out JsonElement format) ? format.GetInt32() : 1);
        return json.Deserialize<Manifest>();
    }

    /// <summary>Makes this the manifest, durably.</summary>
    public void Write(IJournalFiles files)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(this);
        byte[] bytes = new byte[4 + json.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Crc32C.Compute(json));
        json.CopyTo(bytes, 4);
        using (IJournalFile file = files.Create(TemporaryName))
        {
            file.Write(0, bytes);
            file.Flush();
        }
        files.Rename(TemporaryName, FileName);
        files.SyncFolder();
    }
}
