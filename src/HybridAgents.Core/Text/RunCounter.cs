using System.Numerics;

namespace HybridAgents.Core.Text;

/// <summary>Counts, in runs of characters of one kind, the character at an offset from each run's beginning and every further one at a fixed distance. Fed block by block.</summary>
/// <param name="offset">The first that counts: 0 or 1.</param>
/// <param name="distance">From one that counts to the next of the same run.</param>
internal struct RunCounter(int offset, int distance)
{
    // How long the run is that reaches the end of the block before.
    private int _open;

    /// <summary>How many count in the next block.</summary>
    /// <param name="kind">The places of the kind.</param>
    public int Count(ulong kind)
    {
        ulong marks = (kind & ~(kind << 1) & ~1ul) << offset & kind;
        int leading = BitOperations.TrailingZeroCount(~kind);
        int next = _open <= offset ? offset - _open : (distance - (_open - offset) % distance) % distance;
        if (next < leading)
            marks |= 1ul << next;
        int trailing = BitOperations.LeadingZeroCount(~kind);
        _open = trailing == CharacterBlock.Size ? _open + trailing : trailing;
        int count = 0;
        ulong reached = marks == 0 ? 0 : Reached(kind);
        for (; marks != 0; marks = (marks << distance) & reached)
            count += BitOperations.PopCount(marks);
        return count;
    }

    // The places whose run began at least one distance before.
    private readonly ulong Reached(ulong kind)
    {
        ulong reached = kind;
        for (int step = 1; step <= distance && reached != 0; step++)
            reached &= kind << step;
        return reached;
    }
}
