using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Routing;
using HybridAgents.Orchestrations.Chat;

namespace HybridAgents.Orchestrations.Routing;

/// <summary>What a call asks of a model's protocol, beyond what the router looks at.</summary>
internal static class ModelNeeds
{
    private static readonly (ModelFeatures Feature, string Field)[] Fields =
    [
        (ModelFeatures.TopP, "top_p"),
        (ModelFeatures.Penalties, "frequency_penalty"),
        (ModelFeatures.Seed, "seed"),
        (ModelFeatures.Stop, "stop"),
        (ModelFeatures.JsonFormat, "response_format"),
        (ModelFeatures.JsonSchema, "response_format"),
        (ModelFeatures.ToolDemand, "tool_choice"),
        (ModelFeatures.ReasoningEffort, "reasoning_effort"),
        (ModelFeatures.LogProbabilities, "logprobs"),
        (ModelFeatures.Choices, "n"),
        (ModelFeatures.ImageAddresses, "messages"),
    ];

    public static ModelFeatures Of(AnswerOptions options, IReadOnlyList<Message> messages)
    {
        ModelFeatures needs = options.Needs;
        for (int index = 0; index < messages.Count; index++)
        {
            if (messages[index].Images?.Any(static image => !image.IsData) == true)
                needs |= ModelFeatures.ImageAddresses;
        }

        return needs;
    }

    /// <summary>The fields of a chat completion that ask for it.</summary>
    public static IReadOnlyList<string> FieldsOf(ModelFeatures needs) => [.. Fields.Where(entry => (needs & entry.Feature) != 0).Select(static entry => entry.Field).Distinct()];

    /// <summary>Why nobody serves, when all who may cannot do what is asked.</summary>
    public static string Refusal(ModelFeatures needs) => $"No model that may serve the request supports all of: {string.Join(", ", FieldsOf(needs))}.";

    /// <summary>Leaves out whoever cannot do what is asked.</summary>
    /// <returns>Who is left, in order, and the decision with the others among the rejected.</returns>
    public static (IReadOnlyList<ModelInfo> Able, RoutingDecision Decision) Narrow(RoutingDecision decision, IReadOnlyList<ModelInfo> catalogue, ModelFeatures needs)
    {
        List<ModelInfo> able = new(decision.Candidates.Count);
        List<RoutingRejection>? rejected = null;
        foreach (RoutingCandidate candidate in decision.Candidates)
        {
            ModelInfo model = catalogue.First(model => model.Ref == candidate.Model);
            if ((model.Features & needs) == needs)
                able.Add(model);
            else
                (rejected ??= [.. decision.Rejected]).Add(new(candidate.Model.ToString(), ChatErrorCodes.ParameterNotSupported));
        }

        return rejected is null ? (able, decision)
            : (able, decision with { Candidates = [.. decision.Candidates.Where(candidate => able.Exists(model => model.Ref == candidate.Model))], Rejected = rejected });
    }
}
