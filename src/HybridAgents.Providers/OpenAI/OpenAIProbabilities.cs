using System.Buffers;
using System.Text.Json;
using HybridAgents.Providers.Chat;
using OpenAI.Chat;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Writes the SDK's token probabilities as the service has them on the wire.</summary>
internal static class OpenAIProbabilities
{
    public static TokenProbabilityContent ToContent(IReadOnlyList<ChatTokenLogProbabilityDetails> tokens)
    {
        ArrayBufferWriter<byte> buffer = new();
        using Utf8JsonWriter json = new(buffer);
        json.WriteStartArray();
        foreach (ChatTokenLogProbabilityDetails token in tokens)
        {
            Begin(json, token.Token, token.LogProbability, token.Utf8Bytes);
            json.WriteStartArray("top_logprobs");
            foreach (ChatTokenTopLogProbabilityDetails alternative in token.TopLogProbabilities)
            {
                Begin(json, alternative.Token, alternative.LogProbability, alternative.Utf8Bytes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return new(JsonElement.Parse(buffer.WrittenSpan));
    }

    private static void Begin(Utf8JsonWriter json, string token, float probability, ReadOnlyMemory<byte>? bytes)
    {
        json.WriteStartObject();
        json.WriteString("token", token);
        json.WriteNumber("logprob", probability);
        if (bytes is not { } known)
        {
            json.WriteNull("bytes");
            return;
        }

        json.WriteStartArray("bytes");
        foreach (byte value in known.Span)
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
