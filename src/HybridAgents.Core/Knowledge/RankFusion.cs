namespace HybridAgents.Core.Knowledge;

/// <summary>Reciprocal rank fusion: scores of different indexes do not compare, ranks do. What stands in several lists gets the sum of its shares.</summary>
/// <remarks>Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009, with their constant of 60.</remarks>
internal static class RankFusion
{
    private const double Offset = 60;

    /// <summary>The share of a place in one list, from 1.</summary>
    public static double ShareOf(int rank) => 1 / (Offset + rank);
}
