using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Cache;

/// <summary>How the response cache of this process does.</summary>
/// <param name="Hits">Answers given from it.</param>
/// <param name="Misses">Answers that could have been in it and were not.</param>
/// <param name="Evictions">Answers that made room for others; those that grew too old do not count.</param>
/// <param name="Items">Answers in it now.</param>
/// <param name="Bytes">About what they take.</param>
public sealed record CacheStatistics(long Hits, long Misses, long Evictions, int Items, long Bytes);

/// <summary>Answers by key, the least recently used leaving first. Bounded in number, bytes and age; safe for concurrent use.</summary>
/// <param name="settings">The bounds.</param>
/// <param name="time">The clock.</param>
public sealed class ResponseCache(CacheSettings settings, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;
    private long _hits;
    private long _misses;
    private long _evictions;

    /// <summary>Gets the counts since the process began.</summary>
    public CacheStatistics Statistics
    {
        get
        {
            lock (_lock)
                return new(_hits, _misses, _evictions, _entries.Count, _bytes);
        }
    }

    /// <summary>Gets whether answers are kept at all.</summary>
    internal bool Enabled => settings.Enabled;

    internal IReadOnlyList<ChatResponseUpdate>? Find(string key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                if (time.GetElapsedTime(node.Value.StoredAt) < settings.Lifetime)
                {
                    _byUse.Remove(node);
                    _byUse.AddFirst(node);
                    _hits++;
                    return node.Value.Answer;
                }

                Remove(node);
            }

            _misses++;
            return null;
        }
    }

    /// <summary>Keeps an answer; one that is larger than everything may be is not kept.</summary>
    internal void Store(string key, IReadOnlyList<ChatResponseUpdate> answer, long bytes)
    {
        if (bytes > settings.MaxBytes)
            return;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? old))
                Remove(old);
            _entries[key] = _byUse.AddFirst(new Entry(key, answer, bytes, time.GetTimestamp()));
            _bytes += bytes;
            while (_entries.Count > settings.MaxItems || _bytes > settings.MaxBytes)
            {
                Remove(_byUse.Last!);
                _evictions++;
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Bytes;
    }

    private sealed record Entry(string Key, IReadOnlyList<ChatResponseUpdate> Answer, long Bytes, long StoredAt);
}
