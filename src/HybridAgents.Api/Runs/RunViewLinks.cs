using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Runs;

/// <summary>The addresses of a run, and what the status document shows beside <see cref="RunView"/>'s own fields.</summary>
internal static class RunViewLinks
{
    private static readonly JsonElement NoMetadata = JsonElement.Parse("{}");

    public static string Status(string runId) => $"/api/v1/agents/status/{runId}";

    public static string Cancel(string runId) => $"/api/v1/agents/cancel/{runId}";

    public static string Events(string runId) => $"/api/v1/agents/runs/{runId}/events";

    /// <summary>Adds <c>polling_url</c> and <c>events_url</c> to the JSON contract of <see cref="RunView"/>; absent metadata shows as an empty object.</summary>
    public static void Add(JsonTypeInfo type)
    {
        if (type.Type != typeof(RunView))
            return;
        type.Properties.Single(static property => property.Name == "metadata").Get = static run => ((RunView)run).Metadata ?? NoMetadata;
        AddLink(type, "polling_url", Status);
        AddLink(type, "events_url", Events);
    }

    private static void AddLink(JsonTypeInfo type, string name, Func<string, string> link)
    {
        JsonPropertyInfo property = type.CreateJsonPropertyInfo(typeof(string), name);
        property.Get = run => link(((RunView)run).RunId);
        type.Properties.Add(property);
    }
}
