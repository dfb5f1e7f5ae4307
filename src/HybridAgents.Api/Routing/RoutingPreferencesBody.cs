using System.Text.Json;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;

namespace HybridAgents.Api.Routing;

/// <summary>The field <c>routing_preferences</c> of every body that has it.</summary>
internal static class RoutingPreferencesBody
{
    /// <summary>Gets its fields and their bounds.</summary>
    public static ObjectSchema Schema { get; } = new(
        new Field("force_provider", new TextSchema(1, 64)),
        new Field("privacy_level", TextSchema.OneOf(PrivacyLabels.Allowed.Split(", "))),
        new Field("latency_preference", TextSchema.OneOf("speed", "balanced", "quality", "cost")),
        new Field("token_budget", new IntegerSchema(1, int.MaxValue)),
        new Field("allow_cloud_private", new FlagSchema()));

    /// <summary>Reads what fits the schema; a field that is not given is that of <paramref name="fallback"/>.</summary>
    public static RoutingPreferences Read(JsonElement routing, RoutingPreferences fallback)
    {
        // The schema lets known words through only; the strictest label is what any other would get.
        PrivacyLabel label = fallback.PrivacyLevel;
        if (routing.Text("privacy_level") is { } level)
            _ = PrivacyLabels.TryParse(level, out label);
        return new()
        {
            ForceProvider = routing.Text("force_provider") ?? fallback.ForceProvider,
            PrivacyLevel = label,
            LatencyPreference = routing.Text("latency_preference") is { } preference ? Enum.Parse<LatencyPreference>(preference, ignoreCase: true) : fallback.LatencyPreference,
            TokenBudget = routing.Integer("token_budget") ?? fallback.TokenBudget,
            AllowCloudPrivate = routing.Flag("allow_cloud_private") ?? fallback.AllowCloudPrivate,
        };
    }
}
