using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using HybridAgents.Core.Models;

namespace HybridAgents.Core.Routing;

/// <summary>Shares requests among the providers of a split.</summary>
public static class TrafficDraw
{
    /// <summary>Where a run falls, 0 to 1: evenly spread over ids, and the same for the same id on every host.</summary>
    public static double Of(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>If the best candidate's provider is in a split, moves the best candidate of the provider that was drawn to the front; the others keep their order.</summary>
    /// <returns>Whether there was something to draw: another provider of the split is a candidate, too.</returns>
    internal static bool Apply(Span<Router.Ranked> ranked, IReadOnlyList<ModelInfo> catalogue, double draw)
    {
        if (ranked.Length < 2 || catalogue[ranked[0].Index].Split is not { } split)
            return false;
        double total = 0;
        int providers = 0;
        for (int place = 0; place < ranked.Length; place++)
        {
            if (Share(ranked, catalogue, place, split.Name) is { } share)
                (total, providers) = (total + share, providers + 1);
        }

        if (providers < 2 || total <= 0)
            return false;
        double rest = draw * total;
        for (int place = 0; place < ranked.Length; place++)
        {
            if (Share(ranked, catalogue, place, split.Name) is not { } share)
                continue;
            rest -= share;
            if (rest >= 0)
                continue;
            Router.Ranked drawn = ranked[place];
            ranked[..place].CopyTo(ranked[1..]);
            ranked[0] = drawn;
            break;
        }

        return true;
    }

    /// <summary>The share of a candidate that is its provider's best in the split; null for any other.</summary>
    private static double? Share(ReadOnlySpan<Router.Ranked> ranked, IReadOnlyList<ModelInfo> catalogue, int place, string split)
    {
        ModelInfo model = catalogue[ranked[place].Index];
        if (model.Split is not { } part || part.Name != split)
            return null;
        for (int earlier = 0; earlier < place; earlier++)
        {
            if (catalogue[ranked[earlier].Index].Ref.Provider == model.Ref.Provider)
                return null;
        }

        return part.Weight;
    }
}
