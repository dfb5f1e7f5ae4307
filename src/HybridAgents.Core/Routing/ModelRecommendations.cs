namespace HybridAgents.Core.Routing;

/// <summary>Which model suits a use case.</summary>
public static class ModelRecommendations
{
    private const string General = "mistral";
    private const string Largest = "llama2:70b";
    private const string Smallest = "orca-mini";

    private static readonly Dictionary<string, string[]> Lists = new(StringComparer.OrdinalIgnoreCase)
    {
        [UseCases.CodeGeneration] = ["codellama:34b", "codellama"],
        [UseCases.CreativeWriting] = ["dolphin-mistral", "mistral:7b-instruct"],
        [UseCases.MathematicalReasoning] = ["wizard-math", "llama2:70b"],
        [UseCases.Conversational] = ["neural-chat", "dolphin-mistral"],
        [UseCases.KnowledgeIntensive] = ["llama2:70b", "mistral"],
        [UseCases.ResourceConstrained] = ["phi", "orca-mini"],
    };

    /// <summary>The local model for a use case and a tier; a model for everything if the use case is not one of <see cref="UseCases"/>.</summary>
    /// <remarks>
    /// High takes the first large model (34 or 70 billion parameters) of the use case's list, else the first. Low takes a small model: <c>codellama</c> for code, <c>phi</c>
    /// where resources are short, else <c>orca-mini</c>.
    /// </remarks>
    public static string Local(string useCase, PerformanceTier tier)
    {
        if (!Lists.TryGetValue(useCase, out string[]? list))
        {
            return tier switch
            {
                PerformanceTier.High => Largest,
                PerformanceTier.Low => Smallest,
                _ => General,
            };
        }

        return tier switch
        {
            PerformanceTier.High => list.FirstOrDefault(IsLarge) ?? list[0],
            PerformanceTier.Low when list == Lists[UseCases.CodeGeneration] => "codellama",
            PerformanceTier.Low when list != Lists[UseCases.ResourceConstrained] => Smallest,
            _ => list[0],
        };
    }

    /// <summary>The local models that suit a use case, best first; empty if it is not one of <see cref="UseCases"/>.</summary>
    public static IReadOnlyList<string> Suited(string useCase) => Lists.GetValueOrDefault(useCase) ?? [];

    /// <summary>The OpenAI model for a tier.</summary>
    public static string OpenAI(PerformanceTier tier) => tier == PerformanceTier.High ? "gpt-4o" : "gpt-3.5-turbo";

    private static bool IsLarge(string model) => model.EndsWith(":70b", StringComparison.Ordinal) || model.EndsWith(":34b", StringComparison.Ordinal);
}
