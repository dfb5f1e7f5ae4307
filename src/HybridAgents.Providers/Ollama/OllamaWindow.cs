using HybridAgents.Core.Models;

namespace HybridAgents.Providers.Ollama;

/// <summary>Sizes the context window of a call, and finds out when the server has cut the prompt all the same.</summary>
internal static class OllamaWindow
{
    /// <summary>The smallest window asked for. Sizes are powers of two, because the server reloads the model whenever the size changes.</summary>
    private const int Smallest = 4096;

    /// <summary>Room for the answer when the caller sets no bound.</summary>
    private const int DefaultOutput = 1024;

    /// <summary>Differences below this are the estimate's own error.</summary>
    private const int Tolerance = 512;

    /// <summary>The window to ask for, never above the model's own.</summary>
    /// <exception cref="ProviderException">The prompt does not fit the model's window.</exception>
    public static int Size(ModelRef model, int promptTokens, int? outputTokens, int? largest)
    {
        if (promptTokens > largest)
            throw new ProviderException(model, ProviderFault.ContextLengthExceeded, $"The prompt has about {promptTokens} tokens; the window of {model} is {largest}.");
        long wanted = Smallest;
        while (wanted < (long)promptTokens + (outputTokens ?? DefaultOutput))
            wanted *= 2;
        return (int)Math.Min(wanted, largest ?? int.MaxValue);
    }

    /// <summary>Refuses an answer to a prompt that the server silently cut: it read far fewer tokens than were sent.</summary>
    /// <exception cref="ProviderException">It was cut.</exception>
    public static void DemandWhole(ModelRef model, int promptTokens, int? readTokens)
    {
        if (readTokens is > 0 and { } read && read < promptTokens / 2 && promptTokens - read > Tolerance)
            throw new ProviderException(model, ProviderFault.ContextLengthExceeded, $"The server read {read} tokens of a prompt of about {promptTokens}: it was cut.");
    }
}
