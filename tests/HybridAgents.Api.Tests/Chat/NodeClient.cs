using System.Text.Json;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>Runs <c>openai-node/client.mjs</c>.</summary>
internal static class NodeClient
{
    public static NodePackage Package { get; } = new("tests/HybridAgents.Api.Tests/Chat/openai-node", "openai");

    /// <summary>What a scenario saw.</summary>
    public static Task<JsonElement> RunAsync(string scenario, Uri server, string key) =>
        Package.RunAsync("client.mjs", [scenario], ("BASE_URL", new Uri(server, "/v1").ToString()), ("KEY", key));
}

/// <summary>A test that needs node and the installed client.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = NodeClient.Package.Missing;
}
