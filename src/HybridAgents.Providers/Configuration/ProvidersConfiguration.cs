using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HybridAgents.Providers.Configuration;

/// <summary>Turns configuration into <see cref="ProvidersOptions"/>.</summary>
internal static class ProvidersConfiguration
{
    private static readonly string[] Known = [.. ProviderKinds.All.Select(kind => kind.Section)];

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
        options.Cache = new()
        {
            Enabled = reader.Flag("Cache:Enabled", true),
            Lifetime = reader.Seconds("Cache:TtlSeconds", 3600, 1, 604_800),
            MaxItems = reader.Whole("Cache:MaxItems", 1000, 1, 1_000_000),
            MaxBytes = reader.Whole("Cache:MaxBytes", 64 * 1024 * 1024, 1024, int.MaxValue),
        };
        options.Providers = [.. ProviderKinds.All.Select(kind => Provider(reader, kind))];

        IEnumerable<string> unknown = configuration.GetSection("Providers").GetChildren().Select(section => section.Key)
            .Except(Known, StringComparer.OrdinalIgnoreCase)
            .Select(name => $"Providers:{name} is not a known provider; allowed are {string.Join(", ", Known)}.");
        IReadOnlyList<string> failures = [.. reader.Failures, .. unknown];
        if (failures.Count > 0)
            throw new OptionsValidationException(nameof(ProvidersOptions), typeof(ProvidersOptions), failures);
    }

    private static ProviderSettings Provider(ConfigurationReader reader, ProviderKind kind)
    {
        string section = $"Providers:{kind.Section}";
        string? model = reader.Text($"{section}:Model");
        ProviderSettings settings = new()
        {
            Name = kind.Name,
            Enabled = reader.Flag($"{section}:Enabled", true),
            Endpoint = reader.Address($"{section}:Endpoint", new Uri(kind.Endpoint)),
            ApiKey = reader.Text($"{section}:ApiKey"),
            Organization = reader.Text($"{section}:Organization"),
            ApiVersion = reader.Text($"{section}:ApiVersion"),
            Think = reader.Word($"{section}:Think", "true", "false", "low", "medium", "high"),
            KeepAlive = reader.Text($"{section}:KeepAlive") is null ? null : reader.Whole($"{section}:KeepAlive", 0, -1, 604_800),
            Model = model ?? kind.Model,
            ModelConfigured = model is not null,
            Configured = kind.Dialect == ProviderDialect.Offline || kind.ConfiguredBy.Any(key => reader.Text($"{section}:{key}") is not null),
            Weight = reader.Number($"{section}:Weight", 1, 0, 100),
            Split = reader.Text($"{section}:Split"),
            MaxConcurrency = reader.Whole($"{section}:MaxConcurrency", 256, 1, 10_000),
            Trusted = reader.Flag($"{section}:Trusted", false),
        };
        // There is no deployment to fall back on: the resource's address turns the provider on, and then the deployment must be named.
        if (kind.Dialect == ProviderDialect.AzureOpenAI && settings is { Enabled: true, Configured: true, ModelConfigured: false })
            reader.Missing($"{section}:Model", "the name of a deployment (or AZURE_OPENAI_DEPLOYMENT)");
        return settings;
    }
}
