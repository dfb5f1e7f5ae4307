using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Routing;

/// <summary>Settings of routing, bound from the section <c>Routing</c>.</summary>
public sealed class RoutingOptions
{
    /// <summary>Gets or sets the complexity, 0 to 1 (0.65 by default), above which the cloud is preferred.</summary>
    public double ComplexityThreshold { get; set; } = 0.65;

    /// <summary>Gets or sets the complexity scorer: <c>v2</c> by default, or <c>v1</c>.</summary>
    public string ComplexityScorer { get; set; } = "v2";

    /// <summary>
    /// Gets or sets the models that may be used, each <c>provider</c> or <c>provider:model</c>: a comma list or a JSON array of strings; empty (the default) for all.
    /// </summary>
    public string AllowedModels { get; set; } = "";

    /// <summary>Gets the settings of single tenants, by name: <c>Routing:Tenants:{tenant}:AllowedModels</c>.</summary>
    public IDictionary<string, TenantRoutingOptions> Tenants { get; } = new Dictionary<string, TenantRoutingOptions>(StringComparer.Ordinal);

    /// <summary>The models that a tenant may use: its own list if it has one, else the general one. Empty for all.</summary>
    /// <exception cref="FormatException">The list cannot be read.</exception>
    public IReadOnlyList<string> AllowedFor(string tenant) => Tenants.TryGetValue(tenant, out TenantRoutingOptions? own)
        ? ConfiguredList.Parse($"Routing:Tenants:{tenant}:AllowedModels", own.AllowedModels)
        : ConfiguredList.Parse("Routing:AllowedModels", AllowedModels);
}

/// <summary>Settings of routing for one tenant.</summary>
public sealed class TenantRoutingOptions
{
    /// <summary>Gets or sets the models that it may use, instead of the general list; empty for all.</summary>
    public string AllowedModels { get; set; } = "";
}

internal sealed class RoutingOptionsValidator : IValidateOptions<RoutingOptions>
{
    public ValidateOptionsResult Validate(string? name, RoutingOptions options)
    {
        if (options.ComplexityThreshold is not (>= 0 and <= 1))
            return ValidateOptionsResult.Fail(FormattableString.Invariant($"Routing:ComplexityThreshold is {options.ComplexityThreshold}; allowed is 0 to 1."));
        if (options.ComplexityScorer is not ("v1" or "v2"))
            return ValidateOptionsResult.Fail($"Routing:ComplexityScorer is '{options.ComplexityScorer}'; allowed are v1 and v2.");
        try
        {
            foreach (string tenant in options.Tenants.Keys.Append(""))
                options.AllowedFor(tenant);
        }
        catch (FormatException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }

        return ValidateOptionsResult.Success;
    }
}
