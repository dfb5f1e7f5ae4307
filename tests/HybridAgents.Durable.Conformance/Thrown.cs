namespace HybridAgents.Durable.Conformance;

/// <summary>Catches in orchestrators, where an assertion library's own continuations would leave the turn.</summary>
public static class Thrown
{
    /// <summary>The exception with which the task ends.</summary>
    /// <exception cref="InvalidOperationException">It ended without one.</exception>
    public static async Task<T> ByAsync<T>(Task task) where T : Exception
    {
        try
        {
            await task;
        }
        catch (T exception)
        {
            return exception;
        }

        throw new InvalidOperationException($"{typeof(T).Name} was expected, and nothing was thrown.");
    }
}
