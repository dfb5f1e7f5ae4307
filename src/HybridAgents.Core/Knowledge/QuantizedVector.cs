using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridAgents.Core.Knowledge;

/// <summary>A vector in one byte a dimension: a quarter of its size, and near enough for ranking. Only directions compare, so its length is not kept.</summary>
public sealed class QuantizedVector
{
    private const int Most = sbyte.MaxValue;

    private readonly sbyte[] _values;
    private readonly double _length;

    private QuantizedVector(sbyte[] values)
    {
        _values = values;
        _length = Math.Sqrt(Dot(values, values));
    }

    /// <summary>Gets how many dimensions it has.</summary>
    public int Dimensions => _values.Length;

    /// <summary>Rounds a vector: its largest value becomes ±127.</summary>
    public static QuantizedVector Of(ReadOnlySpan<float> vector)
    {
        float largest = 0;
        foreach (float value in vector)
            largest = Math.Max(largest, Math.Abs(value));
        sbyte[] values = new sbyte[vector.Length];
        if (largest > 0 && float.IsFinite(largest))
        {
            for (int index = 0; index < values.Length; index++)
                values[index] = (sbyte)MathF.Round(vector[index] / largest * Most);
        }

        return new(values);
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static QuantizedVector FromBytes(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray());

    /// <summary>Its bytes, for keeping.</summary>
    public byte[] ToBytes() => MemoryMarshal.Cast<sbyte, byte>(_values).ToArray();

    /// <summary>The cosine of the angle to another: −1 to 1, and 0 where either has no direction or their dimensions differ.</summary>
    public double SimilarityTo(QuantizedVector other) =>
        _length > 0 && other._length > 0 && Dimensions == other.Dimensions ? Dot(_values, other._values) / (_length * other._length) : 0;

    private static double Dot(ReadOnlySpan<sbyte> one, ReadOnlySpan<sbyte> other)
    {
        Vector<int> sums = Vector<int>.Zero;
        int index = 0;
        for (; index <= one.Length - Vector<sbyte>.Count; index += Vector<sbyte>.Count)
        {
            Vector.Widen(new Vector<sbyte>(one[index..]), out Vector<short> oneLow, out Vector<short> oneHigh);
            Vector.Widen(new Vector<sbyte>(other[index..]), out Vector<short> otherLow, out Vector<short> otherHigh);
            // Two products of at most 127 × 127 fit in 16 bits together.
            Vector.Widen(oneLow * otherLow + oneHigh * otherHigh, out Vector<int> low, out Vector<int> high);
            sums += low + high;
        }

        long sum = Vector.Sum(sums);
        for (; index < one.Length; index++)
            sum += one[index] * other[index];
        return sum;
    }
}
