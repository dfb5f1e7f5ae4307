using System.Security.Cryptography;
using System.Text.Json;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Embeddings;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Cache;

/// <summary>The key of a call: a hash of the whole request, tenant and model included, so that whatever a request comes to hold is part of it.</summary>
internal static class CacheKey
{
    /// <summary>The key; null for a call that is not cached: without a tenant, with private text, with tools, of several answers, or at a temperature other than 0, where a repetition is meant to differ.</summary>
    public static string? Of(ChatOptions? options) => options switch
    {
        CallOptions { Label: PrivacyLabel.Standard, Request: { Tenant: not null, Temperature: 0, Tools.Count: 0, Options.Choices: 1 } request } => Of(request),
        VectorOptions { Label: PrivacyLabel.Standard, Request: { Tenant: not null } request } => Of(request),
        _ => null,
    };

    private static string Of<T>(T request) => Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request)));
}
