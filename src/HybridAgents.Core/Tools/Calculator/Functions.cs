namespace HybridAgents.Core.Tools.Calculator;

/// <summary>The functions and constants of the calculator; there are no others.</summary>
internal static class Functions
{
    private const double DegreesPerRadian = 180 / Math.PI;

    private static readonly Dictionary<string, (int Min, int Max, Func<IReadOnlyList<Quantity>, Quantity> Apply)> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["abs"] = (1, 1, static x => x[0].Map(Math.Abs, Math.Abs)),
        ["floor"] = (1, 1, static x => x[0].Map(Math.Floor, Math.Floor)),
        ["ceil"] = (1, 1, static x => x[0].Map(Math.Ceiling, Math.Ceiling)),
        ["round"] = (1, 2, static x => Round(x[0], x.Count > 1 ? x[1].Value : 0)),
        ["min"] = (1, 50, static x => x.Aggregate(static (a, b) => a.CompareTo(b) <= 0 ? a : b)),
        ["max"] = (1, 50, static x => x.Aggregate(static (a, b) => a.CompareTo(b) >= 0 ? a : b)),
        ["sum"] = (1, 50, static x => x.Aggregate(static (a, b) => a + b)),
        ["mod"] = (2, 2, static x => x[0] % x[1]),
        ["pow"] = (2, 2, static x => Quantity.Power(x[0], x[1])),
        ["sqrt"] = (1, 1, static x => Root(x[0])),
        ["cbrt"] = (1, 1, static x => Quantity.Approximate(Math.Cbrt(x[0].Value))),
        ["exp"] = (1, 1, static x => Quantity.Approximate(Math.Exp(x[0].Value))),
        ["ln"] = (1, 1, static x => Logarithm(x[0].Value, Math.Log)),
        ["log"] = (1, 2, static x => x.Count == 1 ? Logarithm(x[0].Value, Math.Log10) : Logarithm(x[0].Value, Math.Log) / Logarithm(x[1].Value, Math.Log)),
        ["log10"] = (1, 1, static x => Logarithm(x[0].Value, Math.Log10)),
        ["log2"] = (1, 1, static x => Logarithm(x[0].Value, Math.Log2)),
        ["sin"] = (1, 1, static x => Quantity.Approximate(Math.Sin(x[0].Value))),
        ["cos"] = (1, 1, static x => Quantity.Approximate(Math.Cos(x[0].Value))),
        ["tan"] = (1, 1, static x => Quantity.Approximate(Math.Tan(x[0].Value))),
        ["asin"] = (1, 1, static x => Quantity.Approximate(Math.Asin(x[0].Value))),
        ["acos"] = (1, 1, static x => Quantity.Approximate(Math.Acos(x[0].Value))),
        ["atan"] = (1, 1, static x => Quantity.Approximate(Math.Atan(x[0].Value))),
        ["degrees"] = (1, 1, static x => Quantity.Approximate(x[0].Value * DegreesPerRadian)),
        ["radians"] = (1, 1, static x => Quantity.Approximate(x[0].Value / DegreesPerRadian)),
    };

    public static string Names => string.Join(", ", Table.Keys);

    public static bool IsFunction(string name) => Table.ContainsKey(name);

    public static Quantity? Constant(string name) => name.ToLowerInvariant() switch
    {
        "pi" or "π" => Quantity.Approximate(Math.PI),
        "tau" => Quantity.Approximate(Math.Tau),
        "e" => Quantity.Approximate(Math.E),
        _ => null,
    };

    /// <exception cref="CalculatorException">The number of arguments is wrong, or the function has no value there.</exception>
    public static Quantity Call(string name, IReadOnlyList<Quantity> arguments)
    {
        (int min, int max, Func<IReadOnlyList<Quantity>, Quantity> apply) = Table[name];
        if (arguments.Count < min || arguments.Count > max)
            throw new CalculatorException($"'{name}' takes {(min == max ? $"{min}" : $"{min} to {max}")} arguments, not {arguments.Count}.");
        return apply(arguments);
    }

    private static Quantity Round(Quantity value, double places)
    {
        if (!double.IsInteger(places) || places is < 0 or > 15)
            throw new CalculatorException("'round' takes 0 to 15 decimal places.");
        return value.Map(
            exact => Math.Round(exact, (int)places, MidpointRounding.AwayFromZero),
            approximate => Math.Round(approximate, (int)places, MidpointRounding.AwayFromZero));
    }

    private static Quantity Root(Quantity value)
    {
        if (value.Value < 0)
            throw new CalculatorException("The square root of a negative number is not a real number.");
        // sqrt(144) is 12, exactly, if squaring gives the number back.
        double root = Math.Sqrt(value.Value);
        return value.Map(exact => root < 1e12 && (decimal)root is var candidate && candidate * candidate == exact ? candidate : -1, static _ => -1) is { Value: >= 0 } whole
            ? whole
            : Quantity.Approximate(root);
    }

    private static Quantity Logarithm(double value, Func<double, double> logarithm) => value > 0
        ? Quantity.Approximate(logarithm(value))
        : throw new CalculatorException("The logarithm is defined for numbers above 0 only.");
}
