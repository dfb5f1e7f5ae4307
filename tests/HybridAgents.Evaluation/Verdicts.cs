using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using Microsoft.Extensions.Options;

namespace HybridAgents.Evaluation;

/// <summary>What the defaults say about one prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="First">The score of scorer v1.</param>
/// <param name="Second">The score of scorer v2.</param>
/// <param name="Label">The label that the text demands.</param>
internal sealed record Verdict(LabelledPrompt Prompt, double First, double Second, PrivacyLabel Label)
{
    private static readonly double Threshold = new RoutingOptions().ComplexityThreshold;

    public bool FirstIsRight => First > Threshold == Prompt.IsComplex;

    public bool SecondIsRight => Second > Threshold == Prompt.IsComplex;

    public bool FoundComplex => Second > Threshold;

    public bool LabelIsRight => Label == Prompt.Privacy;
}

/// <summary>The verdicts on a part.</summary>
internal sealed class Verdicts
{
    private Verdicts(IReadOnlyList<Verdict> all) => All = all;

    public IReadOnlyList<Verdict> All { get; }

    public double FirstAccuracy => Share(static verdict => verdict.FirstIsRight);

    public double ComplexityAccuracy => Share(static verdict => verdict.SecondIsRight);

    public double PrivacyAccuracy => Share(static verdict => verdict.LabelIsRight);

    /// <summary>Judges every prompt of a part.</summary>
    public static Verdicts Of(string part)
    {
        PrivacyScanner scanner = new(Options.Create(new PrivacyOptions()));
        ComplexityScorerV1 first = new();
        ComplexityScorerV2 second = new();
        return new([.. LabelledPrompt.Load(part).Select(prompt => new Verdict(prompt, first.Score(prompt.Text), second.Score(prompt.Text), scanner.Scan(prompt.Text)))]);
    }

    private double Share(Func<Verdict, bool> right) => (double)All.Count(right) / All.Count;
}
