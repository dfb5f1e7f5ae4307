using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Providers.Tests.Contract;

/// <summary>The contract for a service that speaks OpenAI's language in its own way: the server refuses what that service refuses.</summary>
public abstract class ProfileContractTests(string section, string model, Locality locality, WireQuirks quirks)
    : OpenAIDialectContractTests(section.ToLowerInvariant(), model, locality, quirks)
{
    protected override IEnumerable<(string Key, string Value)> Settings =>
    [
        ($"Providers:{section}:Endpoint", Server.Endpoint.ToString()), ($"Providers:{section}:Model", Model.Model), ($"Providers:{section}:ApiKey", "wire-secret"),
        ("Providers:Ollama:Enabled", "false"),
    ];

    [Fact]
    public async Task Stream_EverythingAskedFor_IsAccepted()
    {
        await using ProviderHarness harness = new(Settings);
        ToolCall call = new("call_0123456789", "get_weather", "{}");
        ModelRequest request = ProviderHarness.Request(Model, new Message { Role = MessageRole.User, Content = "Weather?", Name = "Ada" }, Message.Assistant(null, [call]), Message.ToolResult(call, "sun")) with
        {
            Tools = [new("get_weather", "Tells the weather.", JsonElement.Parse("""{"type":"object"}"""))],
            ParallelToolCalls = false,
            Temperature = 0.2,
            MaxOutputTokens = 77,
        };

        (await harness.AskAsync(request, Locality))[^1].ShouldBeOfType<ModelUpdate.Finished>();

        JsonElement body = Server.Requests.ShouldHaveSingleItem().Json;
        body.GetProperty("max_tokens").GetInt32().ShouldBe(77);
        body.GetProperty("messages")[1].GetProperty("tool_calls")[0].GetProperty("id").GetString().ShouldBe(body.GetProperty("messages")[2].GetProperty("tool_call_id").GetString());
        Server.Requests[0].Headers["Authorization"].ShouldBe("Bearer wire-secret");
    }
}

public sealed class LMStudioContractTests() : ProfileContractTests("LMStudio", "qwen2.5-7b-instruct", Locality.Local, new() { ParsesArguments = true })
{
    [Fact]
    public async Task Directory_NoModelConfigured_TheFirstListedIsTheDefaultAndEmbeddingsAreNotListed()
    {
        Service.Models.Clear();
        Service.Models.Add("text-embedding-nomic-embed-text-v1.5");
        Service.Models.Add("phi-4");
        Service.Models.Add("gemma3");
        await using ProviderHarness harness = new([("Providers:LMStudio:Endpoint", Service.Endpoint.ToString()), ("Providers:Ollama:Enabled", "false"), ("Providers:Offline:Enabled", "false")]);

        IReadOnlyList<ModelInfo> models = (await harness.Directory.GetAsync(default)).Models;

        models.Select(entry => entry.Ref.Model).ShouldBe(["phi-4", "gemma3"]);
        models[0].IsProviderDefault.ShouldBeTrue();
    }
}

public sealed class LocalAIContractTests() : ProfileContractTests("LocalAI", "hermes-2-pro", Locality.Local, new() { ParsesArguments = true });

public sealed class VLLMContractTests() : ProfileContractTests("VLLM", "meta-llama/Llama-3.1-8B-Instruct", Locality.Local, new() { ParsesArguments = true });

public sealed class GeminiContractTests() : ProfileContractTests("Gemini", "gemini-2.5-flash", Locality.Cloud, new()
{
    UnknownFields = ["parallel_tool_calls", "max_completion_tokens"],
    NumbersCallsZero = true,
    ParsesArguments = true,
    ListPrefix = "models/",
    WrapsErrors = true,
});

public sealed class MistralContractTests() : ProfileContractTests("Mistral", "mistral-small-latest", Locality.Cloud, new()
{
    UnknownFields = ["stream_options", "max_completion_tokens"],
    CallIdLength = 9,
    ParsesArguments = true,
    UsageAtTheFinish = true,
});

public sealed class CohereContractTests() : ProfileContractTests("Cohere", "command-a-03-2025", Locality.Cloud, new()
{
    UnknownFields = ["stream_options", "max_completion_tokens", "parallel_tool_calls"],
    ParsesArguments = true,
    UsageAtTheFinish = true,
});

public sealed class HuggingFaceContractTests() : ProfileContractTests("HuggingFace", "openai/gpt-oss-120b", Locality.Cloud, new() { ParsesArguments = true });
