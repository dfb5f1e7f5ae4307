using System.Diagnostics.CodeAnalysis;

namespace HybridAgents.Durable.Tables;

/// <summary>The rows of one partition in order of their keys: sorted pages of at most 128. Not safe for concurrent use.</summary>
internal sealed class RowIndex
{
    private const int PageSize = 128;

    private readonly List<Page> _pages = [];
    private int _structure; // Changes whenever positions do.

    public int Count { get; private set; }

    public bool TryGet(byte[] key, out RowSlot slot)
    {
        (int page, int at, bool found) = Find(key);
        slot = found ? _pages[page].Slots[at] : default;
        return found;
    }

    /// <summary>Adds or overwrites a row.</summary>
    public void Set(byte[] key, in RowSlot slot)
    {
        (int page, int at, bool found) = Find(key);
        if (found)
        {
            _pages[page].Slots[at] = slot;
            return;
        }
        if (_pages.Count == 0)
            _pages.Add(new Page(4));
        Page target = _pages[page];
        if (target.Count == PageSize)
        {
            // Keys mostly arrive in order: at either end a new page is begun, so that pages stay full.
            int keep = at == PageSize && page == _pages.Count - 1 ? PageSize : at == 0 && page == 0 ? 0 : PageSize / 2;
            _pages.Insert(page + 1, target.SplitAt(keep));
            if (at > keep || at == PageSize)
                (target, at) = (_pages[page + 1], at - keep);
        }
        target.Insert(at, key, slot);
        Count++;
        _structure++;
    }

    public void Remove(byte[] key)
    {
        (int page, int at, bool found) = Find(key);
        if (!found)
            return;
        _pages[page].RemoveAt(at);
        if (_pages[page].Count == 0)
            _pages.RemoveAt(page);
        Count--;
        _structure++;
    }

    /// <summary>The first row at or after <paramref name="from"/>, or after it if <paramref name="exclusive"/>.</summary>
    /// <param name="from">The key to begin at.</param>
    /// <param name="exclusive">Whether to pass over <paramref name="from"/> itself.</param>
    /// <param name="hint">Where the last call ended; makes the next one O(1) unless rows came or went.</param>
    /// <param name="key">The row's key.</param>
    /// <param name="slot">The row.</param>
    public bool TryNext(byte[] from, bool exclusive, ref Hint hint, [NotNullWhen(true)] out byte[]? key, out RowSlot slot)
    {
        (int page, int at) = (hint.Page, hint.At);
        if (!exclusive || hint.Structure != _structure)
        {
            (page, at, bool found) = Find(from);
            if (found && exclusive)
                at++;
        }
        while (page < _pages.Count && at >= _pages[page].Count)
            (page, at) = (page + 1, 0);
        if (page >= _pages.Count)
        {
            (key, slot) = (null, default);
            return false;
        }
        (key, slot) = (_pages[page].Keys[at], _pages[page].Slots[at]);
        hint = new Hint(_structure, page, at + 1);
        return true;
    }

    private (int Page, int At, bool Found) Find(ReadOnlySpan<byte> key)
    {
        (int low, int high) = (0, _pages.Count - 1);
        while (low < high) // The last page whose first key is not after the key.
        {
            int middle = (low + high + 1) / 2;
            if (key.SequenceCompareTo(_pages[middle].Keys[0]) < 0)
                high = middle - 1;
            else
                low = middle;
        }
        if (_pages.Count == 0)
            return (0, 0, false);
        int at = _pages[low].Find(key);
        return at >= 0 ? (low, at, true) : (low, ~at, false);
    }

    /// <summary>Where a scan stands.</summary>
    internal readonly record struct Hint(int Structure, int Page, int At)
    {
        public static readonly Hint None = new(-1, 0, 0);
    }

    private sealed class Page(int capacity)
    {
        public byte[][] Keys = new byte[capacity][];
        public RowSlot[] Slots = new RowSlot[capacity];

        public int Count { get; private set; }

        public int Find(ReadOnlySpan<byte> key)
        {
            (int low, int high) = (0, Count - 1);
            while (low <= high)
            {
                int middle = (low + high) / 2;
                int order = key.SequenceCompareTo(Keys[middle]);
                if (order == 0)
                    return middle;
                (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
            }
            return ~low;
        }

        public void Insert(int at, byte[] key, in RowSlot slot)
        {
            if (Count == Keys.Length)
            {
                Array.Resize(ref Keys, Math.Min(PageSize, Count * 2));
                Array.Resize(ref Slots, Keys.Length);
            }
            Array.Copy(Keys, at, Keys, at + 1, Count - at);
            Array.Copy(Slots, at, Slots, at + 1, Count - at);
            (Keys[at], Slots[at]) = (key, slot);
            Count++;
        }

        public void RemoveAt(int at)
        {
            Count--;
            Array.Copy(Keys, at + 1, Keys, at, Count - at);
            Array.Copy(Slots, at + 1, Slots, at, Count - at);
            Keys[Count] = null!;
        }

        public Page SplitAt(int keep)
        {
            Page second = new(keep == PageSize ? 4 : PageSize) { Count = Count - keep };
            Array.Copy(Keys, keep, second.Keys, 0, second.Count);
            Array.Copy(Slots, keep, second.Slots, 0, second.Count);
            Array.Clear(Keys, keep, second.Count);
            Count = keep;
            return second;
        }
    }
}
