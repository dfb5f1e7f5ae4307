using HybridAgents.Providers.Offline;

namespace HybridAgents.Providers.Configuration;

/// <summary>The table of kinds.</summary>
internal static class ProviderKinds
{
    public static IReadOnlyList<ProviderKind> All { get; } =
    [
        new("Ollama", "ollama", ProviderDialect.Ollama, "http://localhost:11434", "llama2") { RunsModels = true, ConfiguredBy = ["Endpoint", "Model"], Discovered = true },
        new("OpenAI", "openai", ProviderDialect.OpenAI, "https://api.openai.com/v1", "gpt-4o") { KeyVariable = "OPENAI_API_KEY" },
        new("AzureOpenAI", "azure", ProviderDialect.AzureOpenAI, "https://azure.invalid", "") { ConfiguredBy = ["Endpoint"], KeyVariable = "AZURE_OPENAI_API_KEY" },
        new("Anthropic", "anthropic", ProviderDialect.Anthropic, "https://api.anthropic.com", "claude-sonnet-4-5") { KeyVariable = "ANTHROPIC_API_KEY" },
        new("Offline", "offline", ProviderDialect.Offline, "http://localhost", OfflineChatClient.Model) { Discovered = true },
    ];

    /// <summary>Finds a kind by its name in <c>provider:model</c>.</summary>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static ProviderKind Named(string name) =>
        All.FirstOrDefault(kind => kind.Name == name) ?? throw new ArgumentException($"'{name}' is no kind of provider; allowed are {string.Join(", ", All.Select(kind => kind.Name))}.", nameof(name));
}
