namespace HybridAgents.Core.Models;

/// <summary>The table behind <see cref="ModelCatalogue"/>: one line a model, windows in tokens, prices in US dollars per million tokens.</summary>
/// <remarks>Models without a price are open ones, which cost what their host asks. Prices are list prices of the version's month.</remarks>
internal static class ModelTable
{
    public const string PriceVersion = "2025-11";

    private const ModelSpeed Fast = ModelSpeed.Fast;
    private const ModelSpeed Medium = ModelSpeed.Medium;
    private const ModelSpeed Slow = ModelSpeed.Slow;

    public static IReadOnlyList<Entry> Entries { get; } =
    [
        // Local models of the first generation; tools work by emulation.
        Open("llama2", 4096, 0.35, Medium),
        Open("llama2:13b", 4096, 0.40, Medium),
        Open("llama2:70b", 4096, 0.50, Slow, 0.65),
        Open("mistral", 8192, 0.45, Medium),
        Open("mistral:7b-instruct", 8192, 0.45, Medium),
        Open("codellama", 16_384, 0.40, Medium, 0.5),
        Open("codellama:34b", 16_384, 0.50, Slow, 0.5),
        Open("dolphin-mistral", 8192, 0.42, Medium),
        Open("neural-chat", 8192, 0.40, Medium),
        Open("orca-mini", 4096, 0.25, Fast, 0.8),
        Open("vicuna", 4096, 0.35, Medium),
        Open("wizard-math", 4096, 0.38, Medium, 0.5),
        Open("phi", 2048, 0.25, Fast),

        // Local models of today.
        Open("llama3", 8192, 0.50, Medium),
        Open("llama3.1", 131_072, 0.55, Medium),
        Open("llama3.2", 131_072, 0.45, Fast),
        Open("llama3.3", 131_072, 0.70, Slow),
        Open("llama4", 131_072, 0.70, Slow),
        Open("mistral-nemo", 131_072, 0.55, Medium),
        Open("mixtral", 32_768, 0.58, Slow),
        Open("qwen2.5", 32_768, 0.55, Medium),
        Open("qwen2.5-coder", 32_768, 0.58, Medium, 0.3),
        Open("qwen3", 40_960, 0.62, Medium),
        Open("qwen3-coder", 262_144, 0.66, Medium, 0.3),
        Open("gemma2", 8192, 0.52, Medium),
        Open("gemma3", 131_072, 0.56, Medium),
        Open("phi3", 131_072, 0.45, Fast),
        Open("phi-3", 131_072, 0.45, Fast),
        Open("phi-3.5", 131_072, 0.47, Fast),
        Open("phi-4", 16_384, 0.58, Medium),
        Open("phi4", 16_384, 0.58, Medium),
        Open("phi4-mini", 131_072, 0.48, Fast),
        Open("deepseek-r1", 131_072, 0.62, Slow, 0.6),
        Open("deepseek-coder-v2", 163_840, 0.58, Medium, 0.3),
        Open("gpt-oss", 131_072, 0.68, Medium),
        Open("smollm2", 8192, 0.25, Fast),
        Open("tinyllama", 2048, 0.15, Fast),
        Open("command-r", 131_072, 0.58, Slow),

        // OpenAI.
        Paid("gpt-3.5-turbo", 16_385, 4096, 0.50, Fast, 0.50m, 1.50m),
        Paid("gpt-3.5-turbo-instruct", 4096, 4096, 0.45, Fast, 1.50m, 2m) with { Tools = false },
        Paid("gpt-4", 8192, 8192, 0.75, Slow, 30m, 60m),
        Paid("gpt-4-turbo", 128_000, 4096, 0.78, Medium, 10m, 30m),
        Paid("gpt-4o", 128_000, 16_384, 0.82, Medium, 2.50m, 10m),
        Paid("gpt-4o-mini", 128_000, 16_384, 0.68, Fast, 0.15m, 0.60m),
        Paid("chatgpt-4o-latest", 128_000, 16_384, 0.82, Medium, 5m, 15m) with { Tools = false },
        Paid("gpt-4.1", 1_047_576, 32_768, 0.85, Medium, 2m, 8m),
        Paid("gpt-4.1-mini", 1_047_576, 32_768, 0.74, Fast, 0.40m, 1.60m),
        Paid("gpt-4.1-nano", 1_047_576, 32_768, 0.60, Fast, 0.10m, 0.40m),
        Reasoning("gpt-5", 400_000, 128_000, 0.95, Slow, 1.25m, 10m),
        Reasoning("gpt-5.1", 400_000, 128_000, 0.95, Slow, 1.25m, 10m),
        Reasoning("gpt-5-mini", 400_000, 128_000, 0.84, Medium, 0.25m, 2m),
        Reasoning("gpt-5-nano", 400_000, 128_000, 0.70, Fast, 0.05m, 0.40m),
        Reasoning("gpt-5-pro", 400_000, 272_000, 0.97, Slow, 15m, 120m),
        Reasoning("o1", 200_000, 100_000, 0.88, Slow, 15m, 60m),
        Reasoning("o1-pro", 200_000, 100_000, 0.90, Slow, 150m, 600m),
        Reasoning("o1-mini", 128_000, 65_536, 0.78, Slow, 1.10m, 4.40m) with { Tools = false },
        Reasoning("o1-preview", 128_000, 32_768, 0.85, Slow, 15m, 60m) with { Tools = false },
        Reasoning("o3", 200_000, 100_000, 0.92, Slow, 2m, 8m),
        Reasoning("o3-pro", 200_000, 100_000, 0.94, Slow, 20m, 80m),
        Reasoning("o3-mini", 200_000, 100_000, 0.82, Medium, 1.10m, 4.40m),
        Reasoning("o4-mini", 200_000, 100_000, 0.86, Medium, 1.10m, 4.40m),

        Vectors("text-embedding-3-small", 8191, 0.02m),
        Vectors("text-embedding-3-large", 8191, 0.13m),
        Vectors("text-embedding-ada-002", 8191, 0.10m),

        // Anthropic.
        Paid("claude-3-haiku", 200_000, 4096, 0.62, Fast, 0.25m, 1.25m),
        Paid("claude-3-sonnet", 200_000, 4096, 0.72, Medium, 3m, 15m),
        Paid("claude-3-opus", 200_000, 4096, 0.80, Slow, 15m, 75m),
        Paid("claude-3-5-haiku", 200_000, 8192, 0.70, Fast, 0.80m, 4m),
        Paid("claude-3-5-sonnet", 200_000, 8192, 0.84, Medium, 3m, 15m),
        Paid("claude-3-7-sonnet", 200_000, 64_000, 0.87, Medium, 3m, 15m),
        Paid("claude-sonnet-4", 200_000, 64_000, 0.91, Medium, 3m, 15m),
        Paid("claude-haiku-4-5", 200_000, 64_000, 0.83, Fast, 1m, 5m),
        Paid("claude-opus-4", 200_000, 32_000, 0.92, Slow, 15m, 75m),
        Paid("claude-opus-4-5", 200_000, 64_000, 0.95, Slow, 5m, 25m),

        // Others.
        Paid("gemini-2.0-flash", 1_048_576, 8192, 0.74, Fast, 0.10m, 0.40m),
        Paid("gemini-2.5-flash", 1_048_576, 65_536, 0.82, Fast, 0.30m, 2.50m),
        Paid("gemini-2.5-pro", 1_048_576, 65_536, 0.92, Slow, 1.25m, 10m),
        Paid("mistral-large", 131_072, null, 0.80, Medium, 2m, 6m),
        Paid("deepseek-chat", 131_072, 8192, 0.84, Medium, 0.28m, 0.42m),
    ];

    private static Entry Open(string name, int window, double quality, ModelSpeed speed, double temperature = 0.7) => new(name, window, null, quality, speed, temperature, null);

    private static Entry Paid(string name, int window, int? output, double quality, ModelSpeed speed, decimal prompt, decimal completion) =>
        new(name, window, output, quality, speed, 0.7, new(prompt, completion));

    // These refuse a temperature other than their own.
    private static Entry Reasoning(string name, int window, int output, double quality, ModelSpeed speed, decimal prompt, decimal completion) =>
        new(name, window, output, quality, speed, null, new(prompt, completion));

    private static Entry Vectors(string name, int window, decimal price) => new(name, window, null, 0.5, Fast, null, new(price, 0), Tools: false);

    /// <summary>One line of the table.</summary>
    public sealed record Entry(string Name, int ContextWindow, int? MaxOutputTokens, double Quality, ModelSpeed Speed, double? Temperature, ModelPrice? Price, bool Tools = true);
}
