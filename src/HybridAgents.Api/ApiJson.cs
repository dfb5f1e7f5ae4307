using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Runs;

namespace HybridAgents.Api;

/// <summary>How answers are written: snake_case, enums as words, nulls shown.</summary>
public static class ApiJson
{
    /// <summary>Gets the settings, read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Makes <paramref name="options"/> write as the contract says.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new MessageJsonConverter());
        options.Converters.Add(new JsonStringEnumConverter<ApiRole>()); // The contract writes roles in capitals.
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RunViewLinks.Add } };
    }

    private static JsonSerializerOptions Create()
    {
        JsonSerializerOptions options = new();
        Configure(options);
        options.MakeReadOnly();
        return options;
    }
}
