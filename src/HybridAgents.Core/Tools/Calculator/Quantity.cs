using System.Globalization;

namespace HybridAgents.Core.Tools.Calculator;

/// <summary>A number that stays an exact decimal for as long as that is possible, then becomes a double.</summary>
internal readonly struct Quantity
{
    private const int MaxScale = 28;
    private const int MaxExactPower = 1000;

    private readonly decimal _exact;
    private readonly double _approximate;

    private Quantity(decimal exact) => (_exact, _approximate, IsExact) = (exact, (double)exact, true);

    private Quantity(double approximate) => (_exact, _approximate, IsExact) = (0, approximate, false);

    private bool IsExact { get; }

    public double Value => _approximate;

    public bool IsZero => IsExact ? _exact == 0 : _approximate == 0;

    public static implicit operator Quantity(decimal exact) => new(exact);

    /// <exception cref="CalculatorException">The result is infinite or no number.</exception>
    public static Quantity Approximate(double value) => double.IsFinite(value)
        ? new(value)
        : throw new CalculatorException(double.IsNaN(value) ? "The result is not a real number." : "The result is too large.");

    public static Quantity Parse(ReadOnlySpan<char> digits) =>
        !digits.ContainsAny('e', 'E') && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal exact) && digits.Length <= MaxScale
            ? new(exact)
            : Approximate(double.Parse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture));

    public static Quantity operator -(Quantity value) => value.IsExact ? new(-value._exact) : new(-value._approximate);

    public static Quantity operator +(Quantity left, Quantity right)
    {
        if (left.IsExact && right.IsExact && Exactly(static (a, b) => a + b, left._exact, right._exact) is { } sum && sum - right._exact == left._exact && sum - left._exact == right._exact)
            return new(sum);
        return Approximate(left.Value + right.Value);
    }

    public static Quantity operator -(Quantity left, Quantity right) => left + -right;

    public static Quantity operator *(Quantity left, Quantity right)
    {
        if (left.IsExact && right.IsExact && left._exact.Scale + right._exact.Scale <= MaxScale && Exactly(static (a, b) => a * b, left._exact, right._exact) is { } product
            && product.Scale == left._exact.Scale + right._exact.Scale)
            return new(product);
        return Approximate(left.Value * right.Value);
    }

    /// <exception cref="CalculatorException">Division by zero.</exception>
    public static Quantity operator /(Quantity left, Quantity right)
    {
        if (right.IsZero)
            throw new CalculatorException("Division by zero.");
        // Exact if multiplying back gives the dividend without rounding.
        if (left.IsExact && right.IsExact && Exactly(static (a, b) => a / b, left._exact, right._exact) is { } quotient
            && new Quantity(quotient) * right is { IsExact: true } product && product._exact == left._exact)
            return new(quotient);
        return Approximate(left.Value / right.Value);
    }

    /// <summary>The rest of a floored division: it has the sign of the divisor.</summary>
    /// <exception cref="CalculatorException">Division by zero.</exception>
    public static Quantity operator %(Quantity left, Quantity right)
    {
        if (right.IsZero)
            throw new CalculatorException("Division by zero.");
        if (left.IsExact && right.IsExact)
        {
            decimal rest = left._exact % right._exact;
            return new(rest != 0 && rest < 0 != right._exact < 0 ? rest + right._exact : rest);
        }

        double inexact = left.Value % right.Value;
        return Approximate(inexact != 0 && inexact < 0 != right.Value < 0 ? inexact + right.Value : inexact);
    }

    /// <summary>A whole power of an exact number is exact while it fits; every other power is one call of the floating-point unit.</summary>
    public static Quantity Power(Quantity value, Quantity exponent)
    {
        if (value.IsZero && exponent.Value < 0)
            throw new CalculatorException("Division by zero.");
        if (!value.IsExact || !exponent.IsExact || !decimal.IsInteger(exponent._exact) || Math.Abs(exponent._exact) > MaxExactPower)
            return Approximate(Math.Pow(value.Value, exponent.Value));

        Quantity result = 1m, square = value;
        for (int rest = (int)Math.Abs(exponent._exact); rest > 0; rest >>= 1)
        {
            if ((rest & 1) == 1)
                result *= square;
            if (rest > 1)
                square *= square;
            if (!result.IsExact || !square.IsExact)
                return Approximate(Math.Pow(value.Value, exponent.Value));
        }

        return exponent.Value < 0 ? (Quantity)1m / result : result;
    }

    /// <summary>Applies a function that is exact on decimals, such as rounding.</summary>
    public Quantity Map(Func<decimal, decimal> exact, Func<double, double> approximate) => IsExact ? new(exact(_exact)) : Approximate(approximate(_approximate));

    public int CompareTo(Quantity other) => IsExact && other.IsExact ? _exact.CompareTo(other._exact) : Value.CompareTo(other.Value);

    /// <summary>Exact numbers in full without trailing zeros; others with 15 significant digits.</summary>
    public override string ToString() => IsExact
        ? _exact.ToString("0.############################", CultureInfo.InvariantCulture)
        : Value.ToString("G15", CultureInfo.InvariantCulture);

    private static decimal? Exactly(Func<decimal, decimal, decimal> operation, decimal left, decimal right)
    {
        try
        {
            return operation(left, right);
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
