using System.Text.Json;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Evaluation;

/// <summary>A prompt with the labels that a person gave it.</summary>
/// <param name="Domain">What it is about.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Kind"><c>simple</c>, <c>complex</c>, <c>code</c>, <c>maths</c>, <c>tools</c> or <c>private</c>.</param>
/// <param name="Complexity"><c>complex</c> if it deserves a large model, else <c>simple</c>.</param>
/// <param name="Privacy"><c>private</c> if it holds a secret or says something about an identified person, else <c>standard</c>.</param>
/// <param name="Text">The prompt.</param>
internal sealed record LabelledPrompt(string Domain, string Language, string Kind, string Complexity, PrivacyLabel Privacy, string Text)
{
    /// <summary>The part on which scorer and scanner may be improved.</summary>
    public const string Development = "development";

    /// <summary>The part that rules are not made from. It was read when it was written and its misses have been listed since, so it is a check, not a blind test.</summary>
    public const string HeldOut = "held-out";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public bool IsComplex => Complexity == "complex";

    /// <summary>Reads a part.</summary>
    public static IReadOnlyList<LabelledPrompt> Load(string part)
    {
        using StreamReader reader = new(typeof(LabelledPrompt).Assembly.GetManifestResourceStream($"{part}.jsonl")!);
        List<LabelledPrompt> prompts = [];
        while (reader.ReadLine() is { } line)
            prompts.Add(JsonSerializer.Deserialize<LabelledPrompt>(line, Json)!);
        return prompts;
    }
}
