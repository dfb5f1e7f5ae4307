namespace HybridAgents.Core.Models;

/// <summary>Rules for comparing names of models.</summary>
public static class ModelNames
{
    private const string Latest = ":latest";

    private static readonly string[] OtherUses = ["embed", "rerank", "whisper", "dall-e", "moderation", "transcribe", "diffusion", "gpt-image", "realtime", "minilm"];

    /// <summary>Too short to be looked for inside of words.</summary>
    private static readonly string[] OtherUsesAsWords = ["tts", "stt", "asr", "bge", "e5", "gte", "clip", "sora", "imagen", "veo"];

    /// <summary>The name with its tag, as Ollama lists it: <c>llama2</c> becomes <c>llama2:latest</c>, a tagged name stays.</summary>
    public static string WithTag(string model) => model.AsSpan(model.LastIndexOf('/') + 1).Contains(':') ? model : model + Latest;

    /// <summary>Whether both name the same model: case does not count, and <c>llama2</c> is <c>llama2:latest</c>.</summary>
    public static bool Same(string left, string right) => Untagged(left).Equals(Untagged(right), StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a model of that name may be able to chat: false for names that stand for embeddings, ranking, speech, pictures or moderation, whoever serves them.</summary>
    public static bool MayChat(string model) =>
        !OtherUses.Any(use => model.Contains(use, StringComparison.OrdinalIgnoreCase))
        && !model.Split('-', '_', '.', ':', '/').Intersect(OtherUsesAsWords, StringComparer.OrdinalIgnoreCase).Any();

    private static ReadOnlySpan<char> Untagged(string model) =>
        model.EndsWith(Latest, StringComparison.OrdinalIgnoreCase) ? model.AsSpan(0, model.Length - Latest.Length) : model;
}
