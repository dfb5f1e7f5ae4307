using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Privacy;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Orchestrations.Knowledge;

/// <summary>Rows of the table <c>knowledge</c>, a partition for each tenant: <c>d|id</c> a document, <c>c|id|number</c> a piece of its text, <c>v</c> the version of it all.</summary>
internal static class DocumentRows
{
    public const string Table = "knowledge";
    public const string VersionKey = "v";
    public const string DocumentPrefix = "d|";
    public const string ChunkPrefix = "c|";

    /// <summary>How many rows are written together.</summary>
    public const int BatchSize = 100;

    private const int IdBytes = 8;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string IdOf(DocumentText document) =>
        "doc_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{document.Title}\n{document.Text}")).AsSpan(0, IdBytes));

    public static bool IsId(string text) =>
        text.Length == 4 + 2 * IdBytes && text.StartsWith("doc_", StringComparison.Ordinal) && text.AsSpan(4).IndexOfAnyExcept(HexDigits) < 0;

    public static string ChunksOf(string id) => $"{ChunkPrefix}{id}|";

    public static string ChunkKey(string id, int number) => string.Create(CultureInfo.InvariantCulture, $"{ChunkPrefix}{id}|{number:00000}");

    /// <summary>The document that a piece belongs to.</summary>
    public static string DocumentOf(TableRow chunk) => chunk.RowKey.Split('|')[1];

    /// <summary>A piece's place in its document.</summary>
    public static int NumberOf(TableRow chunk) => int.Parse(chunk.RowKey.AsSpan(chunk.RowKey.LastIndexOf('|') + 1), CultureInfo.InvariantCulture);

    /// <summary>Removes the rows whose keys begin alike.</summary>
    public static async Task RemoveAsync(ITable table, string tenant, string prefix, CancellationToken cancellationToken)
    {
        List<string> keys = [];
        await foreach (TableRow row in table.QueryAsync(tenant, RowRange.Prefix(prefix), cancellationToken))
            keys.Add(row.RowKey);
        foreach (string[] batch in keys.Chunk(BatchSize))
            await table.SubmitAsync([.. batch.Select(key => TableOperation.Delete(tenant, key))], WriteDurability.Ordered, cancellationToken);
    }

    public static TableRow Version(string tenant) => new TableRow(tenant, VersionKey).Set("stamp", Guid.NewGuid());

    public static TableRow Write(string tenant, DocumentInfo document) => new TableRow(tenant, DocumentPrefix + document.Id)
        .Set("title", document.Title)
        .Set("characters", document.Characters)
        .Set("chunks", document.Chunks)
        .Set("created", document.CreatedAt)
        .Set("label", (int)document.PrivacyLevel)
        .Set("embedding_model", document.EmbeddingModel)
        .Set("dimensions", document.Dimensions);

    public static DocumentInfo ReadDocument(TableRow row) => new(
        row.RowKey[DocumentPrefix.Length..], row.Get<string>("title")!, row.Get<int>("characters"), row.Get<int>("chunks"), row.Get<DateTimeOffset>("created"),
        (PrivacyLabel)row.Get<int>("label"), row.Get<string>("embedding_model"), row.Get<int>("dimensions"));

    public static TableRow Write(string tenant, string id, int number, Chunk chunk) => new TableRow(tenant, ChunkKey(id, number))
        .Set("section", chunk.Section)
        .Set("start", chunk.Start)
        .Set("text", chunk.Text);

    public static Chunk ReadChunk(TableRow row) => new(row.Get<string>("section")!, row.Get<int>("start"), row.Get<string>("text")!);
}
