using Microsoft.Extensions.Configuration;

namespace HybridAgents.Providers.Configuration;

/// <summary>The flat names that people know from elsewhere, as names of our own keys.</summary>
public static class ConfigurationAliases
{
    private const int DefaultOllamaPort = 11434;

    private static readonly (string Alias, string Key, Func<string, string> Translate)[] Aliases =
    [
        .. ProviderKinds.All.Where(kind => kind.KeyVariable is not null).Select(kind => (kind.KeyVariable!, $"Providers:{kind.Section}:ApiKey", (Func<string, string>)Same)),
        ("OPENAI_ORG_ID", "Providers:OpenAI:Organization", Same),
        ("OPENAI_BASE_URL", "Providers:OpenAI:Endpoint", Same),
        ("OPENAI_MODEL", "Providers:OpenAI:Model", Same),
        ("AZURE_OPENAI_ENDPOINT", "Providers:AzureOpenAI:Endpoint", Same),
        ("AZURE_OPENAI_DEPLOYMENT", "Providers:AzureOpenAI:Model", Same),
        ("OLLAMA_HOST", "Providers:Ollama:Endpoint", OllamaAddress),
        ("OLLAMA_MODEL", "Providers:Ollama:Model", Same),
        ("REQUEST_TIMEOUT", "Timeouts:Total", Same),
        ("TEMPERATURE", "Runs:Temperature", Same),
        ("MAX_TOKENS", "Runs:MaxTokens", Same),
        ("ENABLE_RESPONSE_CACHE", "Cache:Enabled", Same),
        ("RESPONSE_CACHE_TTL", "Cache:TtlSeconds", Same),
        ("RESPONSE_CACHE_MAX_ITEMS", "Cache:MaxItems", Same),
        ("COMPLEXITY_THRESHOLD", "Routing:ComplexityThreshold", Same),
        ("PRIVACY_SENSITIVE_TOKENS", "Privacy:Terms", Same),
        ("LOG_LEVEL", "Logging:LogLevel:Default", LogLevelName),
    ];

    /// <summary>Finds the aliases that are set, as values for our own keys.</summary>
    /// <param name="configuration">All other sources. A key that is set there under its own name wins over its alias.</param>
    /// <returns>To be added as the last in-memory source.</returns>
    public static IReadOnlyDictionary<string, string?> Resolve(IConfiguration configuration)
    {
        Dictionary<string, string?> values = [];
        foreach ((string alias, string key, Func<string, string> translate) in Aliases)
        {
            if (configuration[alias]?.Trim() is { Length: > 0 } value && string.IsNullOrWhiteSpace(configuration[key]))
                values[key] = translate(value);
        }

        return values;
    }

    private static string Same(string value) => value;

    /// <summary>Ollama's own variable may lack the scheme and the port, and names 0.0.0.0 for a server that listens everywhere.</summary>
    private static string OllamaAddress(string value)
    {
        string address = value.Contains("://", StringComparison.Ordinal) ? value : $"http://{value}";
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri))
            return value; // Refused later, by its own key and with what is allowed.
        UriBuilder builder = new(uri);
        if (!value.Contains("://", StringComparison.Ordinal) && uri.IsDefaultPort)
            builder.Port = DefaultOllamaPort;
        if (uri.Host is "0.0.0.0" or "[::]")
            builder.Host = "localhost";
        return builder.Uri.ToString();
    }

    private static string LogLevelName(string value) => value.ToUpperInvariant() switch
    {
        "INFO" => "Information",
        "WARN" => "Warning",
        "FATAL" => "Critical",
        _ => value,
    };
}
