using HybridAgents.Providers.Configuration;
using Microsoft.Extensions.Options;

namespace HybridAgents.Providers.AzureOpenAI;

/// <summary>Refuses at start what this host's connector cannot serve.</summary>
/// <param name="connector">The host's.</param>
internal sealed class AzureOpenAIValidator(IAzureOpenAIConnector connector) : IValidateOptions<ProvidersOptions>
{
    public ValidateOptionsResult Validate(string? name, ProvidersOptions options)
    {
        string[] refusals = [.. options.Providers.Where(settings => settings is { Name: "azure", Enabled: true, Configured: true }).Select(connector.Refuse).OfType<string>()];
        return refusals.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(refusals);
    }
}
