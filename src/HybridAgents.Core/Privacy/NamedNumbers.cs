using System.Buffers;
using System.Text.RegularExpressions;

namespace HybridAgents.Core.Privacy;

/// <summary>Numbers that only the word before them tells from others: passports, PINs, the check numbers of cards.</summary>
internal static class NamedNumbers
{
    private const string Is = @"\s{0,2}(?:is|was|=|:|ist|lautet|est|es|é)?\s{0,2}";

    private static readonly SearchValues<string> Names = SearchValues.Create(["passport", "pin", "cvc", "cvv"], StringComparison.OrdinalIgnoreCase);

    private static readonly Regex Named = LinearRegex.Create(
        $@"(?i)\b(?:passport\s+(?:number|no\.?|nr\.?|\#){Is}[A-Z]{{0,3}}[0-9][A-Z0-9]{{5,8}}|pin(?:[ -]?(?:code|number|nummer))?{Is}[0-9]{{4,8}}|cv[cv]2?{Is}[0-9]{{3,4}})\b");

    /// <summary>Whether a look is worth its time.</summary>
    public static bool MayBeIn(ReadOnlySpan<char> text) => text.ContainsAny(Names) && text.ContainsAnyInRange('0', '9');

    public static IEnumerable<SensitiveMatch> Find(string text)
    {
        for (Match match = Named.Match(text); match.Success; match = match.NextMatch())
            yield return new(match.Index, match.Length, "credential");
    }
}
