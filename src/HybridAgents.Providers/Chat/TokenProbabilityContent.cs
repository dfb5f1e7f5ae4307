using System.Text.Json;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>Probabilities of the tokens just given, which the chat abstraction has no content for.</summary>
/// <param name="tokens">An array in OpenAI's form.</param>
internal sealed class TokenProbabilityContent(JsonElement tokens) : AIContent
{
    public JsonElement Tokens { get; } = tokens;
}
