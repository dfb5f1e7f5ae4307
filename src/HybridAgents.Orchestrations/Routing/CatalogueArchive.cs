using System.IO.Compression;
using System.Security.Cryptography;
using HybridAgents.Core.Models;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs.Storage;

namespace HybridAgents.Orchestrations.Routing;

/// <summary>Catalogues that decisions were made with, each stored once under the hash of its content, so that a decision needs to keep its name only.</summary>
/// <remarks>A catalogue changes when models come or go or prices change, not from run to run: there are few, and they are kept for good.</remarks>
internal sealed class CatalogueArchive(ITableStore tables)
{
    private const string Table = "routing";
    private const string Partition = "catalogues";
    private const string ContentName = "content";

    private readonly ITable _table = tables.GetTable(Table);
    private volatile Kept _last = new([], "");

    /// <summary>Stores the catalogue if it is new, and returns its id.</summary>
    public async ValueTask<string> KeepAsync(IReadOnlyList<ModelInfo> catalogue, CancellationToken cancellationToken)
    {
        Kept last = _last;
        if (last.Id.Length > 0 && last.Catalogue.SequenceEqual(catalogue))
            return last.Id;
        byte[] json = StepRow.Json(catalogue);
        string id = Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16));
        await _table.SubmitAsync([TableOperation.Upsert(new TableRow(Partition, id).Set(ContentName, Compress(json)))], WriteDurability.Ordered, cancellationToken);
        _last = new(catalogue, id);
        return id;
    }

    /// <summary>Reads a catalogue; null if it is not there.</summary>
    public async Task<IReadOnlyList<ModelInfo>?> GetAsync(string id, CancellationToken cancellationToken) =>
        await _table.GetAsync(Partition, id, cancellationToken) is { } row ? new Payload(Decompress(row.Get<byte[]>(ContentName)!)).As<List<ModelInfo>>() : null;

    private static byte[] Compress(byte[] json)
    {
        using MemoryStream target = new();
        using (BrotliStream brotli = new(target, CompressionLevel.Fastest))
            brotli.Write(json);
        return target.ToArray();
    }

    private static byte[] Decompress(byte[] compressed)
    {
        using MemoryStream target = new();
        using BrotliStream brotli = new(new MemoryStream(compressed), CompressionMode.Decompress);
        brotli.CopyTo(target);
        return target.ToArray();
    }

    private sealed record Kept(IReadOnlyList<ModelInfo> Catalogue, string Id);
}
