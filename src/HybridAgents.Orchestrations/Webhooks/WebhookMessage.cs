using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HybridAgents.Core.Runs;
using HybridAgents.Durable;

namespace HybridAgents.Orchestrations.Webhooks;

/// <summary>What a webhook says: which run ended, how and when. Never text of the run, so it may go anywhere.</summary>
/// <param name="Id">The run's id: the same at each delivery, for a receiver that must not act twice.</param>
/// <param name="Body">UTF-8 JSON.</param>
internal sealed record WebhookMessage(string Id, byte[] Body)
{
    private const string SecretPrefix = "whsec_";

    public static WebhookMessage Of(string runId, RunStatus status, DateTimeOffset endedAt) => new(runId, JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            type = $"run.{JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString())}",
            timestamp = endedAt.UtcDateTime,
            data = new { run_id = runId, status, completed_at = endedAt.ToUnixTimeSeconds() },
        },
        Payload.Json));

    /// <summary>The signature of the Standard Webhooks specification: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
    public string Sign(string secret, long timestamp)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Id}.{timestamp}.")), .. Body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret), signed))}";
    }

    /// <summary>Whether a secret can be used: it is long enough, and behind the prefix there is base 64.</summary>
    public static bool IsSecret(string secret) => secret.Length >= 16 && (
        !secret.StartsWith(SecretPrefix, StringComparison.Ordinal) || System.Buffers.Text.Base64.IsValid(secret.AsSpan(SecretPrefix.Length)));

    private static byte[] KeyOf(string secret) => secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
        ? Convert.FromBase64String(secret[SecretPrefix.Length..])
        : Encoding.UTF8.GetBytes(secret);
}
