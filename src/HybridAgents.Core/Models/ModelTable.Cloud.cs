namespace HybridAgents.Core.Models;

/// <content>Models that are paid for by the token.</content>
internal static partial class ModelTable
{
    private static IEnumerable<Entry> OpenAI() =>
    [
        Paid("gpt-3.5-turbo", 16_385, 4096, 0.50, Fast, 0.50m, 1.50m, Chat),
        Paid("gpt-3.5-turbo-16k", 16_385, 4096, 0.50, Fast, 3m, 4m, Chat),
        Paid("gpt-3.5-turbo-instruct", 4096, 4096, 0.45, Fast, 1.50m, 2m, General) with { Tools = false },
        Paid("gpt-4", 8192, 8192, 0.75, Slow, 30m, 60m, General),
        Paid("gpt-4-32k", 32_768, 8192, 0.75, Slow, 60m, 120m, General),
        Sees("gpt-4-turbo", 128_000, 4096, 0.78, Medium, 10m, 30m, General),
        Sees("gpt-4o", 128_000, 16_384, 0.82, Medium, 2.50m, 10m, Frontier),
        Sees("gpt-4o-mini", 128_000, 16_384, 0.68, Fast, 0.15m, 0.60m, Quick),
        Sees("chatgpt-4o-latest", 128_000, 16_384, 0.82, Medium, 5m, 15m, Chat) with { Tools = false },
        Sees("gpt-4.1", 1_047_576, 32_768, 0.85, Medium, 2m, 8m, Frontier),
        Sees("gpt-4.1-mini", 1_047_576, 32_768, 0.74, Fast, 0.40m, 1.60m, Quick),
        Sees("gpt-4.1-nano", 1_047_576, 32_768, 0.60, Fast, 0.10m, 0.40m, Quick),
        Reasons("gpt-5", 400_000, 128_000, 0.95, Slow, 1.25m, 10m, Frontier),
        Reasons("gpt-5.1", 400_000, 128_000, 0.95, Slow, 1.25m, 10m, Frontier),
        Reasons("gpt-5-mini", 400_000, 128_000, 0.84, Medium, 0.25m, 2m, Agentic),
        Reasons("gpt-5-nano", 400_000, 128_000, 0.70, Fast, 0.05m, 0.40m, Quick),
        Reasons("gpt-5-pro", 400_000, 272_000, 0.97, Slow, 15m, 120m, Frontier),
        Reasons("gpt-5-codex", 400_000, 128_000, 0.94, Slow, 1.25m, 10m, Code),
        Reasons("o1", 200_000, 100_000, 0.88, Slow, 15m, 60m, Reason),
        Reasons("o1-pro", 200_000, 100_000, 0.90, Slow, 150m, 600m, Reason),
        Reasons("o1-mini", 128_000, 65_536, 0.78, Slow, 1.10m, 4.40m, Reason) with { Tools = false, Images = false },
        Reasons("o1-preview", 128_000, 32_768, 0.85, Slow, 15m, 60m, Reason) with { Tools = false, Images = false },
        Reasons("o3", 200_000, 100_000, 0.92, Slow, 2m, 8m, Reason),
        Reasons("o3-pro", 200_000, 100_000, 0.94, Slow, 20m, 80m, Reason),
        Reasons("o3-mini", 200_000, 100_000, 0.82, Medium, 1.10m, 4.40m, Reason) with { Images = false },
        Reasons("o4-mini", 200_000, 100_000, 0.86, Medium, 1.10m, 4.40m, Reason),

        Vectors("text-embedding-3-small", 8191, 0.02m),
        Vectors("text-embedding-3-large", 8191, 0.13m),
        Vectors("text-embedding-ada-002", 8191, 0.10m),
    ];

    private static IEnumerable<Entry> Anthropic() =>
    [
        Sees("claude-3-haiku", 200_000, 4096, 0.62, Fast, 0.25m, 1.25m, Quick),
        Sees("claude-3-sonnet", 200_000, 4096, 0.72, Medium, 3m, 15m, General),
        Sees("claude-3-opus", 200_000, 4096, 0.80, Slow, 15m, 75m, Frontier),
        Sees("claude-3-5-haiku", 200_000, 8192, 0.70, Fast, 0.80m, 4m, Quick),
        Sees("claude-3-5-sonnet", 200_000, 8192, 0.84, Medium, 3m, 15m, Frontier),
        Sees("claude-3-7-sonnet", 200_000, 64_000, 0.87, Medium, 3m, 15m, Frontier),
        Sees("claude-sonnet-4", 200_000, 64_000, 0.91, Medium, 3m, 15m, Frontier),
        Sees("claude-haiku-4-5", 200_000, 64_000, 0.83, Fast, 1m, 5m, Agentic),
        Sees("claude-opus-4", 200_000, 32_000, 0.92, Slow, 15m, 75m, Frontier),
        Sees("claude-opus-4-5", 200_000, 64_000, 0.95, Slow, 5m, 25m, Frontier),
    ];

    private static IEnumerable<Entry> Google() =>
    [
        Sees("gemini-1.5-flash", 1_048_576, 8192, 0.66, Fast, 0.075m, 0.30m, Quick),
        Sees("gemini-1.5-pro", 2_097_152, 8192, 0.78, Medium, 1.25m, 5m, Frontier),
        Sees("gemini-2.0-flash", 1_048_576, 8192, 0.74, Fast, 0.10m, 0.40m, Quick),
        Sees("gemini-2.0-flash-lite", 1_048_576, 8192, 0.68, Fast, 0.075m, 0.30m, Quick),
        Sees("gemini-2.5-flash", 1_048_576, 65_536, 0.82, Fast, 0.30m, 2.50m, Agentic),
        Sees("gemini-2.5-flash-lite", 1_048_576, 65_536, 0.75, Fast, 0.10m, 0.40m, Quick),
        Sees("gemini-2.5-pro", 1_048_576, 65_536, 0.92, Slow, 1.25m, 10m, Frontier),
        Sees("gemini-3-pro-preview", 1_048_576, 65_536, 0.95, Slow, 2m, 12m, Frontier),
        Vectors("gemini-embedding-001", 2048, 0.15m),
    ];

    private static IEnumerable<Entry> Mistral() =>
    [
        Paid("mistral-large", 131_072, null, 0.80, Medium, 2m, 6m, Versatile),
        Sees("mistral-medium", 131_072, null, 0.80, Medium, 0.40m, 2m, Versatile),
        Sees("mistral-small", 131_072, null, 0.66, Fast, 0.10m, 0.30m, Quick),
        Sees("pixtral-large", 131_072, null, 0.78, Medium, 2m, 6m, Vision),
        Paid("codestral", 262_144, null, 0.66, Medium, 0.30m, 0.90m, Code),
        Paid("devstral-medium", 131_072, null, 0.74, Medium, 0.40m, 2m, Code),
        Paid("magistral-medium", 40_960, null, 0.80, Slow, 2m, 5m, Reason),
        Paid("ministral-8b", 131_072, null, 0.50, Fast, 0.10m, 0.10m, Small),
        Paid("ministral-3b", 131_072, null, 0.40, Fast, 0.04m, 0.04m, Small),
        Paid("open-mistral-nemo", 131_072, null, 0.55, Medium, 0.15m, 0.15m, Multilingual),
        Vectors("mistral-embed", 8192, 0.10m),
    ];

    private static IEnumerable<Entry> Cohere() =>
    [
        Paid("command-a", 262_144, 8192, 0.78, Medium, 2.50m, 10m, Retrieval),
        Paid("command-r", 131_072, 4096, 0.58, Slow, 0.15m, 0.60m, Retrieval),
        Paid("command-r-plus", 131_072, 4096, 0.68, Slow, 2.50m, 10m, Retrieval),
        Paid("command-r7b", 131_072, 4096, 0.50, Fast, 0.0375m, 0.15m, Retrieval),
        Vectors("embed-english-v3.0", 512, 0.10m),
        Vectors("embed-multilingual-v3.0", 512, 0.10m),
        Vectors("embed-v4.0", 131_072, 0.12m),
    ];

    private static IEnumerable<Entry> DeepSeek() =>
    [
        Paid("deepseek-chat", 131_072, 8192, 0.84, Medium, 0.28m, 0.42m, Frontier),
        Paid("deepseek-reasoner", 131_072, 65_536, 0.87, Slow, 0.28m, 0.42m, Reason),
    ];

    private static Entry Sees(string name, int window, int? output, double quality, ModelSpeed speed, decimal prompt, decimal completion, string[] strengths) =>
        Paid(name, window, output, quality, speed, prompt, completion, strengths) with { Images = true };

    // These refuse a temperature other than their own.
    private static Entry Reasons(string name, int window, int output, double quality, ModelSpeed speed, decimal prompt, decimal completion, string[] strengths) =>
        Sees(name, window, output, quality, speed, prompt, completion, strengths) with { Temperature = null };
}
