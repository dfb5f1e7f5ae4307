using System.Text.RegularExpressions;

namespace HybridAgents.Core;

/// <summary>Regular expressions for text from outside: matching takes time linear in the text, whatever the text.</summary>
internal static class LinearRegex
{
    public static Regex Create(string expression) => new(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
