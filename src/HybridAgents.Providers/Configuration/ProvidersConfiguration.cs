using HybridAgents.Providers.Offline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HybridAgents.Providers.Configuration;

/// <summary>Turns configuration into <see cref="ProvidersOptions"/>.</summary>
internal static class ProvidersConfiguration
{
    private static readonly string[] Known = ["Ollama", "OpenAI", "AzureOpenAI", "Offline"];

    /// <exception cref="OptionsValidationException">Values are wrong; every one is named.</exception>
    public static void Bind(IConfiguration configuration, ProvidersOptions options)
    {
        ConfigurationReader reader = new(configuration);
        options.Timeouts = new()
        {
            Connect = reader.Seconds("Timeouts:Connect", 5, 0.1, 300),
            FirstToken = reader.Seconds("Timeouts:FirstToken", 120, 0.1, 3600),
            Idle = reader.Seconds("Timeouts:Idle", 60, 0.1, 3600),
            Total = reader.Seconds("Timeouts:Total", 300, 0.1, 3600),
        };
        options.Retries = new()
        {
            MaxAttempts = reader.Whole("Retries:MaxAttempts", 3, 1, 3),
            FirstDelay = reader.Seconds("Retries:FirstDelay", 1, 0, 60),
            MaxDelay = reader.Seconds("Retries:MaxDelay", 10, 0, 60),
        };
        options.Breaker = new()
        {
            Failures = reader.Whole("Breaker:Failures", 5, 1, 1000),
            Recovery = reader.Seconds("Breaker:RecoverySeconds", 60, 0.1, 3600),
        };
        options.Providers =
        [
            Provider(reader, "Ollama", "http://localhost:11434", "llama2") with { Configured = Names(reader, "Ollama", "Endpoint", "Model") },
            Provider(reader, "OpenAI", "https://api.openai.com/v1", "gpt-4o") with { Configured = Names(reader, "OpenAI", "Endpoint", "ApiKey") },
            Azure(reader),
            Provider(reader, "Offline", "http://localhost", OfflineChatClient.Model) with { Configured = true },
        ];

        IEnumerable<string> unknown = configuration.GetSection("Providers").GetChildren().Select(section => section.Key)
            .Except(Known, StringComparer.OrdinalIgnoreCase)
            .Select(name => $"Providers:{name} is not a known provider; allowed are {string.Join(", ", Known)}.");
        IReadOnlyList<string> failures = [.. reader.Failures, .. unknown];
        if (failures.Count > 0)
            throw new OptionsValidationException(nameof(ProvidersOptions), typeof(ProvidersOptions), failures);
    }

    private static bool Names(ConfigurationReader reader, string name, params string[] keys) => keys.Any(key => reader.Text($"Providers:{name}:{key}") is not null);

    /// <summary>There is no address and no deployment to fall back on: the resource's address turns it on, and then the deployment must be named.</summary>
    private static ProviderSettings Azure(ConfigurationReader reader)
    {
        ProviderSettings settings = Provider(reader, "AzureOpenAI", "https://azure.invalid", "") with
        {
            Name = "azure",
            ApiVersion = reader.Text("Providers:AzureOpenAI:ApiVersion"),
            Configured = Names(reader, "AzureOpenAI", "Endpoint"),
        };
        if (settings is { Enabled: true, Configured: true, ModelConfigured: false })
            reader.Missing("Providers:AzureOpenAI:Model", "the name of a deployment (or AZURE_OPENAI_DEPLOYMENT)");
        return settings;
    }

    private static ProviderSettings Provider(ConfigurationReader reader, string name, string endpoint, string model)
    {
        string section = $"Providers:{name}";
        string? configuredModel = reader.Text($"{section}:Model");
        return new()
        {
            Name = name.ToLowerInvariant(),
            Enabled = reader.Flag($"{section}:Enabled", true),
            Endpoint = reader.Address($"{section}:Endpoint", new Uri(endpoint)),
            ApiKey = reader.Text($"{section}:ApiKey"),
            Organization = reader.Text($"{section}:Organization"),
            Model = configuredModel ?? model,
            ModelConfigured = configuredModel is not null,
            Weight = reader.Number($"{section}:Weight", 1, 0, 100),
            MaxConcurrency = reader.Whole($"{section}:MaxConcurrency", 256, 1, 10_000),
            Trusted = reader.Flag($"{section}:Trusted", false),
        };
    }
}
