using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Functions.Storage;

/// <summary>A row as Azure stores it.</summary>
/// <param name="Main">The row itself.</param>
/// <param name="Chunks">Rows for values that make it too large.</param>
internal sealed record EncodedRow(TableEntity Main, IReadOnlyList<TableEntity> Chunks);

/// <summary>Translates rows to Azure's entities and back.</summary>
internal static partial class EntityCodec
{
    /// <summary>The property that tells a writer whether a row is its own work.</summary>
    public const string WriteProperty = "__write";

    /// <summary>An entity holds 1 MiB, which Azurite counts in base64; the rest is for keys, names and small values.</summary>
    private const int MaxInlineBytes = 512 * 1024;

    private const int PartsOfChunk = MaxInlineBytes / LargeValue.PartBytes;

    /// <summary>Encodes a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="write">What the chunk rows carry, so that a reader sees whether they belong to the row.</param>
    /// <exception cref="ArgumentException">A key or a property's name is not allowed.</exception>
    public static EncodedRow Encode(TableRow row, string write)
    {
        TableEntity main = new(KeyCodec.Encode(row.PartitionKey), KeyCodec.Encode(row.RowKey));
        List<(string Name, byte[] Bytes, bool IsText)> large = [];
        foreach ((string name, object value) in row.Properties)
        {
            CheckName(name);
            if (value is string { Length: > LargeValue.MaxTextLength } text)
                large.Add((name, Encoding.UTF8.GetBytes(text), true));
            else if (value is byte[] { Length: > LargeValue.PartBytes } bytes)
                large.Add((name, bytes, false));
            else
                main[name] = value is string small ? LargeValue.Escape(small) : value;
        }

        List<TableEntity> chunks = [];
        int left = MaxInlineBytes;
        foreach ((string name, byte[] bytes, bool isText) in large.OrderBy(item => item.Bytes.Length))
        {
            bool inline = bytes.Length <= left;
            LargeValue reference = new(isText, bytes.Length, inline ? null : write);
            main[name] = reference.ToString();
            if (inline)
            {
                left -= bytes.Length;
                AddParts(main, name, bytes, 0, reference.Parts);
                continue;
            }

            for (int part = 0; part < reference.Parts; part += PartsOfChunk)
            {
                TableEntity chunk = new(main.PartitionKey, ChunkKey(main.RowKey, name, part / PartsOfChunk)) { [WriteProperty] = write };
                AddParts(chunk, "data", bytes, part, Math.Min(PartsOfChunk, reference.Parts - part));
                chunks.Add(chunk);
            }
        }

        return new(main, chunks);
    }

    /// <summary>What the keys of a row's chunks begin with; with a property's name, only that property's.</summary>
    public static string ChunkPrefix(string encodedRowKey, string? property = null)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(encodedRowKey)).AsSpan(0, 16));
        return $"{KeyCodec.Reserved}{hash}!{(property is null ? "" : property + "!")}";
    }

    /// <summary>The values of a row that lie in chunk rows.</summary>
    public static IReadOnlyList<(string Name, LargeValue Value)> Spilled(TableEntity entity) =>
    [
        .. entity.Where(property => property.Value is string text && IsProperty(property.Key) && LargeValue.Unescape(text) is null)
            .Select(property => (property.Key, LargeValue.Parse((string)property.Value)))
            .Where(property => property.Item2.Write is not null),
    ];

    /// <summary>Decodes a row.</summary>
    /// <param name="entity">The row itself.</param>
    /// <param name="etag">Its version.</param>
    /// <param name="spilled">The values that lie in chunk rows, by name.</param>
    public static TableRow Decode(TableEntity entity, string etag, IReadOnlyDictionary<string, object> spilled)
    {
        TableRow row = new(KeyCodec.Decode(entity.PartitionKey), KeyCodec.Decode(entity.RowKey)) { ETag = etag, Timestamp = entity.Timestamp };
        foreach ((string name, object value) in entity)
        {
            if (value is null || !IsProperty(name))
                continue;
            row.Set(name, value switch
            {
                string text => LargeValue.Unescape(text) ?? (spilled.TryGetValue(name, out object? whole) ? whole : JoinInline(entity, name, LargeValue.Parse(text))),
                BinaryData data => data.ToArray(),
                _ => value,
            });
        }

        return row;
    }

    /// <summary>The parts that a chunk row holds.</summary>
    public static IEnumerable<byte[]> PartsOf(TableEntity chunk)
    {
        for (int part = 0; chunk.GetBinary(LargeValue.PartName("data", part)) is { } bytes; part++)
            yield return bytes;
    }

    private static object JoinInline(TableEntity entity, string name, LargeValue value) =>
        value.Join([.. Enumerable.Range(0, value.Parts).Select(part => entity.GetBinary(LargeValue.PartName(name, part)))]);

    private static void AddParts(TableEntity entity, string name, byte[] bytes, int first, int count)
    {
        for (int part = 0; part < count; part++)
        {
            int offset = (first + part) * LargeValue.PartBytes;
            entity[LargeValue.PartName(name, part)] = bytes.AsSpan(offset, Math.Min(LargeValue.PartBytes, bytes.Length - offset)).ToArray();
        }
    }

    private static string ChunkKey(string encodedRowKey, string property, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{ChunkPrefix(encodedRowKey, property)}{index:D3}");

    private static bool IsProperty(string name) =>
        name is not (nameof(TableEntity.PartitionKey) or nameof(TableEntity.RowKey) or nameof(TableEntity.Timestamp))
        && !name.Contains("__", StringComparison.Ordinal) && !name.StartsWith("odata.", StringComparison.Ordinal);

    private static void CheckName(string name)
    {
        if (!NamePattern().IsMatch(name) || !IsProperty(name))
        {
            throw new ArgumentException(
                $"A property is called '{name}'; allowed are up to 64 letters, digits and single underscores, beginning with a letter, and not PartitionKey, RowKey or Timestamp.",
                nameof(name));
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,63}$")]
    private static partial Regex NamePattern();
}
