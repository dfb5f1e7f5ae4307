using System.Globalization;
using System.Text.Json;

namespace HybridAgents.Core.Workflows.Expressions;

/// <summary>JSON values as expressions see them.</summary>
public static class Values
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static readonly JsonElement Null = Of<object?>(null), True = Of<bool>(true), False = Of<bool>(false);

    /// <summary>Any value as JSON.</summary>
    public static JsonElement Of<T>(T value) => JsonSerializer.SerializeToElement(value, Plain);

    /// <summary>True or false.</summary>
    public static JsonElement Of(bool value) => value ? True : False;

    /// <summary>Whether a condition holds: only <c>true</c> does.</summary>
    public static bool Holds(JsonElement value) => value.ValueKind == JsonValueKind.True;

    /// <summary>The value as a part of a text: a string as it is, null as nothing, anything else as JSON.</summary>
    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => JsonSerializer.Serialize(value, Plain),
    };

    /// <summary>Whether two values are the same JSON.</summary>
    public static bool AreEqual(JsonElement left, JsonElement right) => JsonElement.DeepEquals(left, right);

    /// <summary>The order of two numbers or two texts; null for what has none.</summary>
    public static int? Compare(JsonElement left, JsonElement right) => (left.ValueKind, right.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => left.GetDouble().CompareTo(right.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left.GetString(), right.GetString()),
        _ => null,
    };

    /// <summary>The value as a number, of a text too; null for what is none.</summary>
    public static JsonElement Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value,
        JsonValueKind.String when double.TryParse(value.GetString()!.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => Of(number),
        _ => Null,
    };
}
