using System.Buffers;
using System.Text;
using System.Text.Json;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Tests.Journal;

/// <summary>The smallest participant: numbered values, each a record, of which the journal keeps the bytes.</summary>
internal sealed class KeyValueState(RecordKind kind = RecordKind.Instance) : IJournalParticipant
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Item> _items = [];
    private readonly List<long> _replayed = [];

    public RecordKind Kind => kind;

    public IJournal Journal { get; set; } = null!;

    /// <summary>Gets the LSNs replayed since the start.</summary>
    public IReadOnlyList<long> Replayed => _replayed;

    public IReadOnlyList<int> Keys
    {
        get
        {
            lock (_gate)
                return [.. _items.Keys.Order()];
        }
    }

    public long Set(int key, string value) => Append(key, Sealed($"{key}={value}"));

    public long Remove(int key)
    {
        lock (_gate)
        {
            Entry entry = new(this, key, Sealed($"{key}-"));
            Journal.Append(entry);
            _items.Remove(key);
            return entry.Lsn;
        }
    }

    public async Task SetAsync(int key, string value) => await Journal.WaitDurableAsync(Set(key, value));

    public string? Get(int key)
    {
        lock (_gate)
            return _items.TryGetValue(key, out Item? item) ? Encoding.UTF8.GetString(Journal.Read(item.Location).Span).Split('=', 2)[1] : null;
    }

    public void Replay(long lsn, RecordLocation location, ReadOnlySpan<byte> payload)
    {
        string text = Encoding.UTF8.GetString(payload[..^Crc32C.SealSize]);
        _replayed.Add(lsn);
        if (text.EndsWith('-'))
            _items.Remove(int.Parse(text[..^1]));
        else
            _items[int.Parse(text.Split('=')[0])] = new Item(lsn, location);
    }

    public void WriteCheckpoint(IBufferWriter<byte> writer)
    {
        lock (_gate)
            writer.Write(JsonSerializer.SerializeToUtf8Bytes(_items.Where(pair => pair.Value.Location.Segment > 0).ToDictionary()));
    }

    public void ReadCheckpoint(ReadOnlySpan<byte> checkpoint)
    {
        foreach ((int key, Item item) in JsonSerializer.Deserialize<Dictionary<int, Item>>(checkpoint)!)
            _items[key] = item;
    }

    public long LiveBytes(int segment)
    {
        lock (_gate)
            return _items.Values.Where(item => item.Location.Segment == segment).Sum(item => (long)item.Location.Length);
    }

    public async Task RelocateAsync(int segment, CancellationToken cancellationToken)
    {
        long last = 0;
        lock (_gate)
        {
            foreach ((int key, Item item) in _items.Where(pair => pair.Value.Location.Segment == segment).ToList())
                last = Append(key, Sealed(Encoding.UTF8.GetString(Journal.Read(item.Location).Span)));
        }
        if (last > 0)
            await Journal.WaitDurableAsync(last, cancellationToken);
    }

    private static byte[] Sealed(string text)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text), .. new byte[Crc32C.SealSize]];
        Crc32C.Seal(bytes);
        return bytes;
    }

    private long Append(int key, byte[] payload)
    {
        lock (_gate)
        {
            Entry entry = new(this, key, payload);
            Journal.Append(entry);
            _items[key] = new Item(entry.Lsn, default);
            return entry.Lsn;
        }
    }

    public sealed record Item(long Lsn, RecordLocation Location);

    private sealed class Entry(KeyValueState owner, int key, byte[] payload) : JournalEntry(owner.Kind, payload)
    {
        public override void OnDurable(RecordLocation location)
        {
            lock (owner._gate)
            {
                if (owner._items.TryGetValue(key, out Item? item) && item.Lsn == Lsn)
                    owner._items[key] = item with { Location = location };
            }
        }
    }
}
