using System.Text.Json;

namespace HybridAgents.Core.Models;

/// <summary>What a caller asks of an answer beside its length and temperature; null and empty leave it to the model.</summary>
public sealed record AnswerOptions
{
    /// <summary>Gets the options of a call that asks for nothing.</summary>
    public static AnswerOptions None { get; } = new();

    /// <summary>Gets the share of probability to sample from, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Gets how much repeated tokens are avoided, -2 to 2.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>Gets how much tokens that occurred at all are avoided, -2 to 2.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>Gets the seed of the sampling.</summary>
    public long? Seed { get; init; }

    /// <summary>Gets the texts before which the answer ends.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Gets the form of the answer; null for text.</summary>
    public AnswerFormat? Format { get; init; }

    /// <summary>Gets whether and which tool must be called; null leaves it to the model.</summary>
    public ToolDemand? Tool { get; init; }

    /// <summary>Gets how long to think: <c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>Gets how many alternatives to each token come with their probabilities, 0 for the token's own only; null for no probabilities.</summary>
    public int? TopLogProbabilities { get; init; }

    /// <summary>Gets how many answers to give, independent of each other; 1 by default.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>Gets what a model must know for this.</summary>
    public ModelFeatures Needs =>
        (TopP is null ? 0 : ModelFeatures.TopP)
        | (FrequencyPenalty is null && PresencePenalty is null ? 0 : ModelFeatures.Penalties)
        | (Seed is null ? 0 : ModelFeatures.Seed)
        | (Stop.Count == 0 ? 0 : ModelFeatures.Stop)
        | (Format is null ? 0 : Format.Schema is null ? ModelFeatures.JsonFormat : ModelFeatures.JsonSchema)
        | (Tool is null ? 0 : ModelFeatures.ToolDemand)
        | (ReasoningEffort is null ? 0 : ModelFeatures.ReasoningEffort)
        | (TopLogProbabilities is null ? 0 : ModelFeatures.LogProbabilities)
        | (Choices == 1 ? 0 : ModelFeatures.Choices);
}

/// <summary>An answer in JSON.</summary>
/// <param name="Schema">The schema that it follows; null for any object.</param>
/// <param name="Name">The schema's name.</param>
/// <param name="Description">What the answer is for.</param>
/// <param name="Strict">Whether the model must follow the schema exactly; null leaves it to the provider.</param>
public sealed record AnswerFormat(JsonElement? Schema = null, string? Name = null, string? Description = null, bool? Strict = null);

/// <summary>A tool call that the answer must have.</summary>
/// <param name="Name">The tool; null for any.</param>
public sealed record ToolDemand(string? Name = null);

/// <summary>What a model, by its provider's protocol, can be asked for beyond text, tools and temperature.</summary>
[Flags]
public enum ModelFeatures
{
    None = 0,
    TopP = 1,
    Penalties = 2,
    Seed = 4,
    Stop = 8,

    /// <summary>Any JSON object as the answer.</summary>
    JsonFormat = 16,

    /// <summary>An answer that follows a JSON schema.</summary>
    JsonSchema = 32,

    /// <summary>An answer that must call a tool.</summary>
    ToolDemand = 64,
    ReasoningEffort = 128,
    LogProbabilities = 256,

    /// <summary>Several answers to one call.</summary>
    Choices = 512,

    /// <summary>Images by their address, which the service fetches.</summary>
    ImageAddresses = 1024,

    /// <summary>All that OpenAI's chat completions have.</summary>
    All = TopP | Penalties | Seed | Stop | JsonFormat | JsonSchema | ToolDemand | ReasoningEffort | LogProbabilities | Choices | ImageAddresses,
}
