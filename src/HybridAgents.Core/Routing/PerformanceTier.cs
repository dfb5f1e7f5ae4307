using System.Text.Json.Serialization;

namespace HybridAgents.Core.Routing;

/// <summary>How much model a request deserves.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PerformanceTier>))]
public enum PerformanceTier
{
    Low,
    Medium,
    High,
}
