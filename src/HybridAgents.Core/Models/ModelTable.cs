namespace HybridAgents.Core.Models;

/// <summary>The table behind <see cref="ModelCatalogue"/>: one line a model, windows in tokens, prices in US dollars per million tokens.</summary>
/// <remarks>
/// Open models have no price here: they cost what their host asks. The others have the public list price of the version's month, or none where there is no public one. Operators
/// put their own values over these in a file.
/// </remarks>
internal static partial class ModelTable
{
    /// <summary>The month of the prices.</summary>
    public const string PriceVersion = "2025-11";

    private const ModelSpeed Fast = ModelSpeed.Fast;
    private const ModelSpeed Medium = ModelSpeed.Medium;
    private const ModelSpeed Slow = ModelSpeed.Slow;

    private static readonly string[] General = ["general_knowledge", "reasoning", "instruction_following"];
    private static readonly string[] Versatile = ["instruction_following", "reasoning", "versatility"];
    private static readonly string[] Chat = ["conversational", "instruction_following", "helpfulness"];
    private static readonly string[] Code = ["code_generation", "code_explanation", "technical_writing"];
    private static readonly string[] Reason = ["mathematics", "problem_solving", "logical_reasoning"];
    private static readonly string[] Small = ["efficiency", "basic_tasks", "lightweight"];
    private static readonly string[] Multilingual = ["multilingual", "instruction_following", "general_knowledge"];
    private static readonly string[] Retrieval = ["retrieval", "tool_use", "multilingual"];
    private static readonly string[] Agentic = ["tool_use", "reasoning", "code_generation"];
    private static readonly string[] Vision = ["image_understanding", "instruction_following"];
    private static readonly string[] Frontier = ["reasoning", "tool_use", "code_generation", "creative", "general_knowledge"];
    private static readonly string[] Quick = ["efficiency", "tool_use", "instruction_following"];
    private static readonly string[] Meaning = ["embeddings"];

    /// <summary>Gets every line.</summary>
    public static IReadOnlyList<Entry> Entries { get; } = [.. FirstGeneration(), .. Open(), .. OpenAI(), .. Anthropic(), .. Google(), .. Mistral(), .. Cohere(), .. DeepSeek()];

    private static Entry Local(string name, int window, double quality, ModelSpeed speed, string[] strengths, double temperature = 0.7) =>
        new(name, window, null, quality, speed, temperature, null, strengths);

    private static Entry Paid(string name, int window, int? output, double quality, ModelSpeed speed, decimal prompt, decimal completion, string[] strengths) =>
        new(name, window, output, quality, speed, 0.7, new(prompt, completion), strengths);

    private static Entry Vectors(string name, int window, decimal? price = null) =>
        new(name, window, null, 0.5, Fast, null, price is { } known ? new(known, 0) : null, Meaning, Tools: false);

    /// <summary>One line of the table.</summary>
    /// <param name="Name">The name without publisher; others that continue it after a <c>-</c> are versions of it.</param>
    /// <param name="ContextWindow">Tokens, prompt and completion together.</param>
    /// <param name="MaxOutputTokens">The most completion tokens; null when only the window bounds them.</param>
    /// <param name="Quality">0 to 1.</param>
    /// <param name="Speed">How quick it is.</param>
    /// <param name="Temperature">What suits it; null for one that takes none.</param>
    /// <param name="Price">The list price; null for none.</param>
    /// <param name="Strengths">What it is good at.</param>
    /// <param name="Tools">Whether tools work with it.</param>
    /// <param name="Images">Whether it sees images.</param>
    public sealed record Entry(
        string Name, int ContextWindow, int? MaxOutputTokens, double Quality, ModelSpeed Speed, double? Temperature, ModelPrice? Price, IReadOnlyList<string> Strengths, bool Tools = true,
        bool Images = false);
}
