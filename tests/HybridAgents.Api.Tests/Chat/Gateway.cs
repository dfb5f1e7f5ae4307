using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>The API in front of an Ollama and an OpenAI server.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private Gateway(OllamaWireServer ollama, OpenAiWireServer openAi, ApiHost host) => (Ollama, OpenAi, Host) = (ollama, openAi, host);

    public OllamaWireServer Ollama { get; }

    public OpenAiWireServer OpenAi { get; }

    public ApiHost Host { get; }

    public static async Task<Gateway> StartAsync(
        bool ollama = true, bool openAi = true, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        OllamaWireServer local = await OllamaWireServer.StartAsync();
        OpenAiWireServer cloud = await OpenAiWireServer.StartAsync();
        local.Respond = static _ => WireReply.Says("From ", "Ollama.");
        cloud.Respond = static _ => WireReply.Says("From ", "OpenAI.");
        Dictionary<string, string?> all = new(settings ?? new Dictionary<string, string?>())
        {
            ["Providers:Ollama:Enabled"] = $"{ollama}",
            ["Providers:Ollama:Endpoint"] = local.Endpoint.ToString(),
            ["Providers:OpenAI:Enabled"] = $"{openAi}",
            ["Providers:OpenAI:Endpoint"] = cloud.Endpoint.ToString(),
            ["Providers:OpenAI:ApiKey"] = "sk-wire",
            ["Retries:MaxAttempts"] = "1",
        };
        ApiHost host = await ApiHost.StartAsync(settings: all, services: services);
        return new(local, cloud, host);
    }

    /// <summary>Posts a body to <c>/v1/chat/completions</c>.</summary>
    public Task<HttpResponseMessage> PostAsync(string body, string path = "/v1/chat/completions", CancellationToken cancellationToken = default) =>
        Host.User.PostAsync(path, ApiHost.Json(body), cancellationToken);

    /// <summary>The answer to a conversation of one text.</summary>
    /// <param name="text">What the user says.</param>
    /// <param name="rest">More fields, each after a comma.</param>
    public async Task<JsonElement> CompleteAsync(string text = "hello", string rest = "") => await (await PostAsync(Body(text, rest))).JsonAsync();

    public static string Body(string text = "hello", string rest = "") => $$"""{"messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]{{rest}}}""";

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Ollama.DisposeAsync();
        await OpenAi.DisposeAsync();
    }
}
