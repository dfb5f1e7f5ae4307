namespace HybridAgents.Core.Routing;

/// <summary>Guesses how hard a request is.</summary>
public interface IComplexityScorer
{
    /// <summary>The complexity of the newest user message, 0 to 1. Pure, linear in time, safe for concurrent use.</summary>
    double Score(string text);
}
