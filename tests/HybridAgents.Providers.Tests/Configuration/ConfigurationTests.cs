using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HybridAgents.Providers.Tests.Configuration;

public sealed class ConfigurationTests
{
    [Fact]
    public void Bind_NothingSet_GivesTheDefaults()
    {
        ProvidersOptions options = Bind();

        options.Timeouts.ShouldBe(new TimeoutSettings());
        options.Retries.ShouldBe(new RetrySettings());
        options.Breaker.ShouldBe(new BreakerSettings());
        options.Providers.Where(provider => provider.Configured).ShouldHaveSingleItem().Name.ShouldBe("offline");
        options.Providers.Select(provider => provider.Name).ShouldBe(
            ["ollama", "lmstudio", "localai", "vllm", "openai", "azure", "anthropic", "gemini", "mistral", "cohere", "huggingface", "offline"]);
    }

    [Theory]
    [InlineData("Timeouts:Connect", "soon", "Timeouts:Connect is 'soon'; allowed is a number from 0.1 to 300.")]
    [InlineData("Retries:MaxAttempts", "4", "Retries:MaxAttempts is '4'; allowed is a whole number from 1 to 3.")]
    [InlineData("Providers:Ollama:Enabled", "maybe", "Providers:Ollama:Enabled is 'maybe'; allowed is true or false.")]
    [InlineData("Providers:Ollama:Think", "hard", "Providers:Ollama:Think is 'hard'; allowed is true, false, low, medium, high.")]
    [InlineData("Providers:Olama:Enabled", "true", "Providers:Olama is not a known provider; allowed are Ollama, LMStudio, LocalAI, VLLM, OpenAI, AzureOpenAI, Anthropic, Gemini, Mistral, Cohere, HuggingFace, Offline.")]
    [InlineData("Providers:AzureOpenAI:Endpoint", "https://me.openai.azure.com", "Providers:AzureOpenAI:Model is missing; it must be the name of a deployment (or AZURE_OPENAI_DEPLOYMENT).")]
    [InlineData("Providers:OpenAI:Endpoint", "api.openai.com", "Providers:OpenAI:Endpoint is 'api.openai.com'; allowed is an absolute http:// or https:// address without password and query.")]
    [InlineData("Providers:OpenAI:Endpoint", "https://me:secret@host/v1", "Providers:OpenAI:Endpoint is '***'; allowed is an absolute http:// or https:// address without password and query.")]
    public void Bind_WrongValue_NamesKeyValueAndWhatIsAllowed(string key, string value, string message) =>
        Should.Throw<OptionsValidationException>(() => Bind((key, value))).Failures.ShouldHaveSingleItem().ShouldBe(message);

    [Fact]
    public void ToString_KeySet_DoesNotTellIt() =>
        Bind(("Providers:OpenAI:ApiKey", "sk-secret")).Providers.ShouldAllBe(provider => !provider.ToString().Contains("sk-secret"));

    [Fact]
    public void AddHybridAgentsProviders_WrongValue_StopsTheStart()
    {
        ServiceCollection services = new();
        services.AddHybridAgentsProviders(Configuration(("Breaker:Failures", "0")));
        using ServiceProvider provider = services.BuildServiceProvider();

        Should.Throw<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain("Breaker:Failures is '0'");
    }

    [Theory]
    [InlineData("OLLAMA_HOST", "localhost", "Providers:Ollama:Endpoint", "http://localhost:11434/")]
    [InlineData("OLLAMA_HOST", "10.0.0.5:9000", "Providers:Ollama:Endpoint", "http://10.0.0.5:9000/")]
    [InlineData("OLLAMA_HOST", "0.0.0.0", "Providers:Ollama:Endpoint", "http://localhost:11434/")]
    [InlineData("OLLAMA_HOST", "https://models.example", "Providers:Ollama:Endpoint", "https://models.example/")]
    [InlineData("OPENAI_API_KEY", "sk-1", "Providers:OpenAI:ApiKey", "sk-1")]
    [InlineData("AZURE_OPENAI_ENDPOINT", "https://me.openai.azure.com", "Providers:AzureOpenAI:Endpoint", "https://me.openai.azure.com")]
    [InlineData("AZURE_OPENAI_API_KEY", "k", "Providers:AzureOpenAI:ApiKey", "k")]
    [InlineData("AZURE_OPENAI_DEPLOYMENT", "chat", "Providers:AzureOpenAI:Model", "chat")]
    [InlineData("REQUEST_TIMEOUT", "90", "Timeouts:Total", "90")]
    [InlineData("TEMPERATURE", "0.2", "Runs:Temperature", "0.2")]
    [InlineData("MAX_TOKENS", "512", "Runs:MaxTokens", "512")]
    [InlineData("ENABLE_RESPONSE_CACHE", "false", "Cache:Enabled", "false")]
    [InlineData("RESPONSE_CACHE_TTL", "60", "Cache:TtlSeconds", "60")]
    [InlineData("RESPONSE_CACHE_MAX_ITEMS", "10", "Cache:MaxItems", "10")]
    [InlineData("LOG_LEVEL", "INFO", "Logging:LogLevel:Default", "Information")]
    public void Resolve_Alias_SetsOurKey(string alias, string value, string key, string expected) =>
        ConfigurationAliases.Resolve(Configuration((alias, value))).ShouldHaveSingleItem().ShouldBe(new(key, expected));

    [Fact]
    public void Resolve_OurKeySetToo_Wins() =>
        ConfigurationAliases.Resolve(Configuration(("OPENAI_MODEL", "a"), ("Providers:OpenAI:Model", "b"))).ShouldBeEmpty();

    private static ProvidersOptions Bind(params (string Key, string Value)[] values)
    {
        ProvidersOptions options = new();
        ProvidersConfiguration.Bind(Configuration(values), options);
        return options;
    }

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build();
}
