using HybridAgents.Core.Models;
using HybridAgents.Providers.Offline;
using HybridAgents.Providers.OpenAI;

namespace HybridAgents.Providers.Configuration;

/// <summary>The table of kinds.</summary>
internal static class ProviderKinds
{
    public static IReadOnlyList<ProviderKind> All { get; } =
    [
        new("Ollama", "ollama", ProviderDialect.Ollama, "http://localhost:11434", "llama2") { RunsModels = true, ConfiguredBy = ["Endpoint", "Model"], Discovered = true, VectorBatch = 256 },
        Compatible("LMStudio", "http://localhost:1234/v1", ""),
        Compatible("LocalAI", "http://localhost:8080/v1", "") with { Profile = Older with { Features = Older.Features | SelfHosted } },
        Compatible("VLLM", "http://localhost:8000/v1", "") with { Profile = Older with { Features = Older.Features | SelfHosted } },
        new("OpenAI", "openai", ProviderDialect.OpenAI, "https://api.openai.com/v1", "gpt-4o") { KeyVariable = "OPENAI_API_KEY" },
        new("AzureOpenAI", "azure", ProviderDialect.AzureOpenAI, "https://azure.invalid", "") { ConfiguredBy = ["Endpoint"], KeyVariable = "AZURE_OPENAI_API_KEY" },
        new("Anthropic", "anthropic", ProviderDialect.Anthropic, "https://api.anthropic.com", "claude-sonnet-4-5") { KeyVariable = "ANTHROPIC_API_KEY" },
        Compatible("Gemini", "https://generativelanguage.googleapis.com/v1beta/openai", "gemini-2.5-flash", "GEMINI_API_KEY") with
        {
            VectorBatch = 100,
            Profile = Older with { ParallelSwitch = false, Names = false, ListPrefix = "models/", Features = Common | ModelFeatures.ReasoningEffort },
        },
        Compatible("Mistral", "https://api.mistral.ai/v1", "mistral-small-latest", "MISTRAL_API_KEY") with
        {
            Profile = Older with { AskForUsage = false, Names = false, CallIdLength = 9, Features = Common | ModelFeatures.Choices | ModelFeatures.ImageAddresses },
        },
        Compatible("Cohere", "https://api.cohere.ai/compatibility/v1", "command-a-03-2025", "COHERE_API_KEY") with
        {
            VectorBatch = 96,
            Profile = Older with { AskForUsage = false, ParallelSwitch = false, Names = false, Features = (Common | ModelFeatures.Seed) & ~ModelFeatures.ToolDemand },
        },
        Compatible("HuggingFace", "https://router.huggingface.co/v1", "openai/gpt-oss-120b", "HF_TOKEN") with { Profile = Older with { Features = Older.Features | ModelFeatures.ImageAddresses } },
        new("Offline", "offline", ProviderDialect.Offline, "http://localhost", OfflineChatClient.Model) { RunsModels = true, Discovered = true },
    ];

    /// <summary>What everybody but OpenAI understands.</summary>
    private static OpenAIProfile Older => new() { TokenLimit = "max_tokens", AnyArguments = false, PackedVectors = false, Features = ModelFeatures.All & ~(ModelFeatures.ReasoningEffort | ModelFeatures.Choices | ModelFeatures.ImageAddresses) };

    /// <summary>What the servers that are made for serving many have besides.</summary>
    private static ModelFeatures SelfHosted => ModelFeatures.Choices | ModelFeatures.ImageAddresses;

    /// <summary>What every cloud service that speaks OpenAI's language honours; the seed has other names, or none, and probabilities are rare.</summary>
    private static ModelFeatures Common => ModelFeatures.TopP | ModelFeatures.Penalties | ModelFeatures.Stop | ModelFeatures.JsonFormat | ModelFeatures.JsonSchema | ModelFeatures.ToolDemand;

    /// <summary>A service that speaks OpenAI's language: one without a key runs models itself.</summary>
    private static ProviderKind Compatible(string section, string endpoint, string model, string? keyVariable = null) =>
        new(section, section.ToLowerInvariant(), ProviderDialect.OpenAI, endpoint, model)
        {
            RunsModels = keyVariable is null,
            ConfiguredBy = keyVariable is null ? ["Endpoint", "ApiKey", "Model"] : ["Endpoint", "ApiKey"],
            KeyVariable = keyVariable,
            Profile = Older,
        };

    /// <summary>Finds a kind by its name in <c>provider:model</c>.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static ProviderKind Named(string name) =>
        All.FirstOrDefault(kind => kind.Name == name) ?? throw new ArgumentException($"'{name}' is no kind of provider; allowed are {string.Join(", ", All.Select(kind => kind.Name))}.", nameof(name));
}
