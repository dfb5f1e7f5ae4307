using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Routing;

/// <summary>Settings of routing, bound from the section <c>Routing</c>.</summary>
public sealed class RoutingOptions
{
    /// <summary>Gets or sets the complexity, 0 to 1 (0.65 by default), above which the cloud is preferred.</summary>
    public double ComplexityThreshold { get; set; } = 0.65;

    /// <summary>Gets or sets the complexity scorer: <c>v2</c> by default, or <c>v1</c>.</summary>
    public string ComplexityScorer { get; set; } = "v2";
}

internal sealed class RoutingOptionsValidator : IValidateOptions<RoutingOptions>
{
    public ValidateOptionsResult Validate(string? name, RoutingOptions options)
    {
        if (options.ComplexityThreshold is not (>= 0 and <= 1))
            return ValidateOptionsResult.Fail(FormattableString.Invariant($"Routing:ComplexityThreshold is {options.ComplexityThreshold}; allowed is 0 to 1."));
        if (options.ComplexityScorer is not ("v1" or "v2"))
            return ValidateOptionsResult.Fail($"Routing:ComplexityScorer is '{options.ComplexityScorer}'; allowed are v1 and v2.");
        return ValidateOptionsResult.Success;
    }
}
