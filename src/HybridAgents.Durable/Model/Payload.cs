using System.Text.Json;

namespace HybridAgents.Durable;

/// <summary>A value in its stored form: UTF-8 JSON. The default value is JSON <c>null</c>.</summary>
/// <remarks>Immutable by convention: whoever hands over a buffer gives it up.</remarks>
[System.Text.Json.Serialization.JsonConverter(typeof(PayloadConverter))]
public readonly struct Payload(ReadOnlyMemory<byte> utf8Json) : IEquatable<Payload>
{
    private static readonly byte[] NullLiteral = "null"u8.ToArray();

    private readonly ReadOnlyMemory<byte> _utf8Json = utf8Json;

    /// <summary>Gets the settings that every payload is written and read with: snake_case names, enums as strings, nulls left out.</summary>
    public static JsonSerializerOptions Json { get; } = CreateOptions();

    /// <summary>Gets the JSON text as UTF-8 bytes; never empty.</summary>
    public ReadOnlyMemory<byte> Utf8Json => _utf8Json.IsEmpty ? NullLiteral : _utf8Json;

    /// <summary>Gets the size in bytes.</summary>
    public int Length => Utf8Json.Length;

    /// <summary>Gets whether this is JSON <c>null</c>.</summary>
    public bool IsNull => Utf8Json.Span.SequenceEqual(NullLiteral);

    /// <summary>Serialises <paramref name="value"/>; a <see cref="Payload"/> passes through unchanged.</summary>
    public static Payload From<T>(T value) => value switch
    {
        null => default,
        Payload payload => payload,
        _ => new(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), Json)),
    };

    /// <summary>Reads the value as <typeparamref name="T"/>.</summary>
    /// <exception cref="JsonException">The JSON does not fit the type.</exception>
    public T? As<T>() => typeof(T) == typeof(Payload) ? (T)(object)this : JsonSerializer.Deserialize<T>(Utf8Json.Span, Json);

    /// <inheritdoc/>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8Json.Span);

    /// <summary>Compares the JSON text byte by byte.</summary>
    public bool Equals(Payload other) => Utf8Json.Span.SequenceEqual(other.Utf8Json.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Payload other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Utf8Json.Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(Payload left, Payload right) => left.Equals(right);

    public static bool operator !=(Payload left, Payload right) => !left.Equals(right);

    private static JsonSerializerOptions CreateOptions()
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        };
        options.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        options.MakeReadOnly();
        return options;
    }
}
