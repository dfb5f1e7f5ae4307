using System.Runtime.InteropServices;
using System.Text.Json;
using HybridAgents.Api.Errors;
using Microsoft.OpenApi;

namespace HybridAgents.Api.Requests;

/// <summary>What a JSON value must look like: checked on every request, and shown in the OpenAPI document. Immutable.</summary>
public abstract record BodySchema
{
    /// <summary>Adds what is wrong with <paramref name="value"/> to <paramref name="faults"/>.</summary>
    public abstract void Check(JsonElement value, string path, Faults faults);

    /// <summary>The same as an OpenAPI schema.</summary>
    public abstract OpenApiSchema Describe();
}

/// <summary>A string of a bounded number of characters, or one of a few words.</summary>
public sealed record TextSchema(int MinLength, int MaxLength) : BodySchema
{
    /// <summary>Gets the words allowed; null for any text.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>One of <paramref name="words"/>.</summary>
    public static TextSchema OneOf(params IReadOnlyList<string> words) => new(0, 64) { Words = words };

    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind != JsonValueKind.String)
            faults.Add(path, Words is null ? $"must be a string of {MinLength} to {MaxLength} characters" : $"must be one of: {string.Join(", ", Words)}");
        else if (Words is not null)
        {
            if (!Words.Contains(value.GetString()!))
                faults.Add(path, $"is '{ApiErrors.Shorten(value.GetString()!)}'; must be one of: {string.Join(", ", Words)}");
        }
        else if (!Fits(value))
            faults.Add(path, $"must have {MinLength} to {MaxLength} characters");
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => Words is null
        ? new() { Type = JsonSchemaType.String, MinLength = MinLength, MaxLength = MaxLength }
        : new() { Type = JsonSchemaType.String, Enum = [.. Words.Select(static word => (System.Text.Json.Nodes.JsonNode)word)] };

    private bool Fits(JsonElement value)
    {
        int bytes = JsonMarshal.GetRawUtf8Value(value).Length - 2; // Never fewer than the characters.
        if (bytes < MinLength)
            return false;
        if (bytes <= MaxLength && MinLength <= 1)
            return true;
        int characters = value.GetString()!.EnumerateRunes().Count();
        return characters >= MinLength && characters <= MaxLength;
    }
}

/// <summary>A whole number in a range.</summary>
public sealed record IntegerSchema(int Minimum, int Maximum) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number) || number < Minimum || number > Maximum)
            faults.Add(path, $"must be a whole number from {Minimum} to {Maximum}");
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.Integer,
        Minimum = Minimum.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Maximum = Maximum.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}

/// <summary>A number in a range.</summary>
public sealed record NumberSchema(decimal Minimum, decimal Maximum) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out decimal number) || number < Minimum || number > Maximum)
            faults.Add(path, FormattableString.Invariant($"must be a number from {Minimum} to {Maximum}"));
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new()
    {
        Type = JsonSchemaType.Number,
        Minimum = Minimum.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Maximum = Maximum.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}

/// <summary>True or false.</summary>
public sealed record FlagSchema : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            faults.Add(path, "must be true or false");
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new() { Type = JsonSchemaType.Boolean };
}

/// <summary>A JSON object of the caller's own making, bounded in bytes.</summary>
public sealed record AnyObjectSchema(int MaxBytes) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (value.ValueKind != JsonValueKind.Object)
            faults.Add(path, "must be an object");
        else if (JsonMarshal.GetRawUtf8Value(value).Length > MaxBytes)
            faults.Add(path, $"must have at most {MaxBytes} bytes");
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new() { Type = JsonSchemaType.Object, AdditionalPropertiesAllowed = true };
}

/// <summary>Any JSON value, bounded in bytes.</summary>
public sealed record AnyValueSchema(int MaxBytes) : BodySchema
{
    /// <inheritdoc/>
    public override void Check(JsonElement value, string path, Faults faults)
    {
        if (JsonMarshal.GetRawUtf8Value(value).Length > MaxBytes)
            faults.Add(path, $"must have at most {MaxBytes} bytes");
    }

    /// <inheritdoc/>
    public override OpenApiSchema Describe() => new();
}
