using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Tests.Knowledge;

public sealed class QuantizedVectorTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(384)]
    [InlineData(1024)]
    [InlineData(1031)]
    public void SimilarityTo_RandomVectors_IsTheirCosine(int dimensions)
    {
        Random random = new(dimensions);
        for (int round = 0; round < 200; round++)
        {
            (float[] one, float[] other) = (Draw(random, dimensions), Draw(random, dimensions));
            double similarity = QuantizedVector.Of(one).SimilarityTo(QuantizedVector.FromBytes(QuantizedVector.Of(other).ToBytes()));

            similarity.ShouldBe(Cosine(one, other), tolerance: 0.01);
        }
    }

    [Fact]
    public void SimilarityTo_NearestOfMany_AreThoseOfTheExactVectors()
    {
        Random random = new(7);
        float[][] all = [.. Enumerable.Range(0, 2000).Select(_ => Draw(random, 768))];
        float[] query = Draw(random, 768);
        int[] exact = [.. Enumerable.Range(0, all.Length).OrderByDescending(index => Cosine(all[index], query)).Take(20)];
        QuantizedVector rounded = QuantizedVector.Of(query);
        int[] found = [.. Enumerable.Range(0, all.Length).OrderByDescending(index => QuantizedVector.Of(all[index]).SimilarityTo(rounded)).Take(20)];

        exact.Intersect(found).Count().ShouldBeGreaterThanOrEqualTo(18);
    }

    [Theory]
    [InlineData(new float[] { 1, 0 }, new float[] { 1, 0, 0 })]
    [InlineData(new float[] { 0, 0 }, new float[] { 1, 0 })]
    [InlineData(new float[] { float.NaN, 1 }, new float[] { 1, 0 })]
    [InlineData(new float[] { float.PositiveInfinity, 1 }, new float[] { 1, 0 })]
    public void SimilarityTo_WhatDoesNotCompare_IsZero(float[] one, float[] other) => QuantizedVector.Of(one).SimilarityTo(QuantizedVector.Of(other)).ShouldBe(0);

    private static float[] Draw(Random random, int dimensions) => [.. Enumerable.Range(0, dimensions).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];

    private static double Cosine(float[] one, float[] other) =>
        one.Zip(other, static (a, b) => (double)a * b).Sum() / Math.Sqrt(one.Sum(static a => (double)a * a) * other.Sum(static b => (double)b * b));
}
