namespace HybridAgents.Core.Routing;

/// <summary>The stable codes of what decided.</summary>
public static class RoutingFactors
{
    /// <summary>A model was asked for by name: nothing else is a candidate.</summary>
    public const string ExplicitModel = "explicit_model";

    /// <summary>A provider was asked for: only its models are candidates.</summary>
    public const string ExplicitProvider = "explicit_provider";

    /// <summary><c>auto:name</c>: models of that name come first, if they are candidates and neither fail often nor let wait for long.</summary>
    public const string ModelHint = "model_hint";

    /// <summary>The text is private without consent: cloud models were not considered.</summary>
    public const string PrivacyPrivate = "privacy_private";

    /// <summary>The text is private, and the caller consented to the cloud.</summary>
    public const string PrivacyConsent = "privacy_consent";

    /// <summary>The text is local only: cloud models were not considered.</summary>
    public const string PrivacyLocalOnly = "privacy_local_only";

    /// <summary>Tools are offered.</summary>
    public const string ToolsRequired = "tools_required";

    /// <summary>The messages hold images.</summary>
    public const string ImagesRequired = "images_required";

    /// <summary>Speed was preferred.</summary>
    public const string PreferenceSpeed = "preference_speed";

    /// <summary>Quality was preferred.</summary>
    public const string PreferenceQuality = "preference_quality";

    /// <summary>Low cost was preferred.</summary>
    public const string PreferenceCost = "preference_cost";

    /// <summary>The complexity is above the threshold: the cloud is preferred.</summary>
    public const string ComplexityAboveThreshold = "complexity_above_threshold";

    /// <summary>The prompt is larger than the local token budget: the cloud is preferred.</summary>
    public const string TokenBudgetExceeded = "token_budget_exceeded";

    /// <summary>The best candidate's provider shares its runs with others: the run's id chose among them, by weight.</summary>
    public const string WeightedSplit = "weighted_split";

    /// <summary>Nothing spoke for the cloud: local is preferred.</summary>
    public const string DefaultLocal = "default_local";
}
