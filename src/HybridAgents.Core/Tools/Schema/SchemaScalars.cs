using System.Text.Json;

namespace HybridAgents.Core.Tools;

/// <summary>The keywords for strings and numbers. Each method returns what is wrong, or null.</summary>
internal static class SchemaScalars
{
    public static string? FaultOfString(string keyword, JsonElement argument, JsonElement value) => keyword switch
    {
        "minLength" when CodePoints(value) < argument.GetDecimal() => $"must have at least {argument.GetRawText()} characters",
        "maxLength" when CodePoints(value) > argument.GetDecimal() => $"must have at most {argument.GetRawText()} characters",
        "pattern" when SchemaPattern.Compile(argument.GetString()!)?.IsMatch(value.GetString()!) == false => $"must match {SchemaTypes.Quote(argument)}",
        _ => null,
    };

    public static string? FaultOfNumber(string keyword, JsonElement argument, JsonElement value) => keyword switch
    {
        "minimum" when Compare(value, argument) < 0 => $"must be at least {argument.GetRawText()}",
        "maximum" when Compare(value, argument) > 0 => $"must be at most {argument.GetRawText()}",
        "exclusiveMinimum" when Compare(value, argument) <= 0 => $"must be greater than {argument.GetRawText()}",
        "exclusiveMaximum" when Compare(value, argument) >= 0 => $"must be less than {argument.GetRawText()}",
        "multipleOf" when !IsMultiple(value, argument) => $"must be a multiple of {argument.GetRawText()}",
        _ => null,
    };

    private static int CodePoints(JsonElement value)
    {
        string text = value.GetString()!;
        return text.Length - text.Count(char.IsLowSurrogate);
    }

    private static int Compare(JsonElement left, JsonElement right) => left.TryGetDecimal(out decimal exactLeft) && right.TryGetDecimal(out decimal exactRight)
        ? exactLeft.CompareTo(exactRight)
        : left.GetDouble().CompareTo(right.GetDouble());

    private static bool IsMultiple(JsonElement value, JsonElement factor) => value.TryGetDecimal(out decimal exactValue) && factor.TryGetDecimal(out decimal exactFactor)
        ? exactFactor > 0 && exactValue % exactFactor == 0
        : double.IsInteger(value.GetDouble() / factor.GetDouble());
}
