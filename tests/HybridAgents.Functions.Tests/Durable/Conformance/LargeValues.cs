using System.Collections.Concurrent;
using System.Security.Cryptography;
using HybridAgents.Durable;

namespace HybridAgents.Functions.Tests.Durable.Conformance;

/// <summary>What the framework takes and the embedded engine does not: a value of the model's greatest size in its envelope. It travels as a reference to its own hash.</summary>
internal sealed class LargeValues
{
    private const string Prefix = "\"large:";
    private readonly ConcurrentDictionary<string, Payload> _values = new();

    public Payload Put(Payload value)
    {
        if (value.Length <= OrchestrationContext.MaxPayloadBytes)
            return value;
        string key = $"{Prefix[1..]}{Convert.ToHexString(SHA256.HashData(value.Utf8Json.Span))}";
        _values[key] = value;
        return Payload.From(key);
    }

    public Payload Get(Payload value) => value.ToString().StartsWith(Prefix, StringComparison.Ordinal) ? _values[value.As<string>()!] : value;
}
