using HybridAgents.Core.Privacy;
using HybridAgents.Orchestrations.Configuration;
using HybridAgents.Providers;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Api.Providers;

/// <summary>Providers, in order of preference.</summary>
public sealed record ProviderList(IReadOnlyList<ProviderView> Providers);

/// <summary>The settings in force of a provider.</summary>
/// <param name="Name">Its name in <c>provider:model</c>.</param>
/// <param name="Kind">What it speaks.</param>
/// <param name="Enabled">Whether it may be used.</param>
/// <param name="Active">Whether it takes part in routing: it is enabled, and configured or looked for by itself.</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="Model">Its default model; empty for the first that it lists.</param>
/// <param name="Locality">Where its models run, unless one of them is known to run elsewhere.</param>
/// <param name="Trusted">Whether private text may be sent to it wherever it runs.</param>
/// <param name="Weight">Its preference, and its share in a split.</param>
/// <param name="Split">The split that it takes part in; null for none.</param>
/// <param name="MaxConcurrency">The most calls at the same time.</param>
/// <param name="HasApiKey">Whether it has a key.</param>
/// <param name="ApiKeyRef">The configuration key that was stored for it; null for the usual one.</param>
/// <param name="Version">How often settings of it have been stored; null when none are.</param>
/// <param name="UpdatedAt">When they were, UTC; null when none are.</param>
public sealed record ProviderView(
    string Name, string Kind, bool Enabled, bool Active, string Endpoint, string Model, Locality Locality, bool Trusted, double Weight, string? Split, int MaxConcurrency,
    bool HasApiKey, string? ApiKeyRef, int? Version, DateTimeOffset? UpdatedAt)
{
    internal static ProviderView From(ProviderSettings settings, bool active, StoredProvider? stored) => new(
        settings.Name, settings.KindName ?? settings.Name, settings.Enabled, active, settings.Endpoint.GetLeftPart(UriPartial.Path), settings.Model,
        ProviderAdministration.LocalityOf(settings), settings.Trusted, settings.Weight, settings.Split, settings.MaxConcurrency, settings.ApiKey is not null,
        stored?.Settings.ApiKeyRef, stored?.Version, stored?.UpdatedAt);
}
