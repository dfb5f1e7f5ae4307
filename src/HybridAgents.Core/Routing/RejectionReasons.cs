namespace HybridAgents.Core.Routing;

/// <summary>The stable codes of rejected candidates, in the order in which they are tested: the first that applies is given.</summary>
public static class RejectionReasons
{
    /// <summary>The catalogue has no model of the name that was asked for.</summary>
    public const string ModelNotFound = "model_not_found";

    /// <summary>The catalogue has no model of the provider that was forced.</summary>
    public const string ProviderNotFound = "provider_not_found";

    /// <summary>A provider was forced, and the model's name begins with another one.</summary>
    public const string ProviderContradiction = "provider_contradiction";

    /// <summary>Another model or provider was asked for.</summary>
    public const string NotRequested = "not_requested";

    /// <summary>A cloud model, and the label keeps the text local.</summary>
    public const string Privacy = "privacy";

    /// <summary>The tenant may not use it.</summary>
    public const string NotAllowed = "not_allowed";

    /// <summary>A stand-in for an installation without providers, and there are others; it never stands in for one that failed.</summary>
    public const string LastResort = "last_resort";

    /// <summary>Its provider is down or its circuit breaker is open.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>Tools are offered and it cannot use them.</summary>
    public const string ToolsUnsupported = "tools_unsupported";

    /// <summary>The messages hold images and it cannot see them.</summary>
    public const string ImagesUnsupported = "images_unsupported";

    /// <summary>Prompt and answer together do not fit its window.</summary>
    public const string ContextWindow = "context_window";

    /// <summary>A cost limit is set and nobody knows what the model costs.</summary>
    public const string PriceUnknown = "price_unknown";

    /// <summary>The call would exceed what is left of the tokens or the money.</summary>
    public const string Budget = "budget";
}
