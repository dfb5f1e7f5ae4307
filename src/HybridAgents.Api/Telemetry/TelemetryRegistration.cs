using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HybridAgents.Api.Telemetry;

/// <summary>Turns telemetry on.</summary>
public static class TelemetryRegistration
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds the export by OTLP, of names and numbers and never of content. Without <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> nothing is added; with <c>OTEL_SDK_DISABLED=true</c> neither.</summary>
    /// <exception cref="OptionsValidationException">The endpoint is not an absolute http or https address.</exception>
    public static IServiceCollection AddHybridAgentsTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[Endpoint]?.Trim() is not { Length: > 0 } endpoint || string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase))
            return services;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new OptionsValidationException(Endpoint, typeof(OtlpExport), [$"{Endpoint} is '{endpoint}'; allowed is an absolute http:// or https:// address."]);
        return services.AddHostedService(provider => new OtlpExport(provider.GetRequiredService<IConfiguration>()));
    }
}
