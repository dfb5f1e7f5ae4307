using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridAgents.Core;

/// <summary>Writes an enum as its name in snake_case, whatever the serialiser's own settings.</summary>
public sealed class SnakeCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
