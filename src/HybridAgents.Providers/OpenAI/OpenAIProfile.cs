using HybridAgents.Core.Models;

namespace HybridAgents.Providers.OpenAI;

/// <summary>How a service that speaks OpenAI's language departs from it. The defaults are OpenAI itself.</summary>
internal sealed record OpenAIProfile
{
    /// <summary>OpenAI's own name of the bound on an answer.</summary>
    public const string NewerLimit = "max_completion_tokens";

    /// <summary>Gets the field that bounds the answer; others than OpenAI know the older name only, or refuse the newer one.</summary>
    public string TokenLimit { get; init; } = NewerLimit;

    /// <summary>Gets whether it may be asked for usage in a stream. A service that refuses the question reports usage unasked, or not at all.</summary>
    public bool AskForUsage { get; init; } = true;

    /// <summary>Gets whether it may be told not to call several tools at once.</summary>
    public bool ParallelSwitch { get; init; } = true;

    /// <summary>Gets what it can be asked for beyond text, tools and temperature.</summary>
    public ModelFeatures Features { get; init; } = ModelFeatures.All;

    /// <summary>Gets whether a user's message may carry a name.</summary>
    public bool Names { get; init; } = true;

    /// <summary>Gets the exact length of the ids of tool calls, letters and digits only; null when any id will do.</summary>
    public int? CallIdLength { get; init; }

    /// <summary>Gets whether arguments of earlier calls may be any text, as a model wrote them. Elsewhere the chat template reads them, and fails on what is no JSON object.</summary>
    public bool AnyArguments { get; init; } = true;

    /// <summary>Gets whether vectors are asked for as packed bytes, a third of the size. Others may refuse the question.</summary>
    public bool PackedVectors { get; init; } = true;

    /// <summary>Gets what stands before the names in the list of models, and only there.</summary>
    public string ListPrefix { get; init; } = "";
}
