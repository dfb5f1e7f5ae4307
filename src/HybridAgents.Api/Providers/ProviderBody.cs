using System.Text.Json;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Providers.Configuration;

namespace HybridAgents.Api.Providers;

/// <summary>Settings of a provider, as they are sent.</summary>
internal static class ProviderBody
{
    private static readonly TextSchema Name = new(1, 255);

    /// <summary>Gets what the body must look like.</summary>
    public static ObjectSchema Schema { get; } = new(
        new Field("kind", new TextSchema(1, 64)),
        new Field("enabled", new FlagSchema()),
        new Field("endpoint", new TextSchema(1, 2048)),
        new Field("api_key_ref", Name),
        new Field("organization", Name),
        new Field("api_version", Name),
        new Field("model", Name),
        new Field("weight", new NumberSchema(0, 100)),
        new Field("split", new TextSchema(1, 64)),
        new Field("max_concurrency", new IntegerSchema(1, 10_000)),
        new Field("trusted", new FlagSchema()),
        new Field("think", TextSchema.OneOf("true", "false", "low", "medium", "high")),
        new Field("keep_alive", new IntegerSchema(-1, 604_800)));

    /// <summary>Reads a body that fits.</summary>
    /// <exception cref="RequestRefusedException">The address is none (400).</exception>
    public static ProviderOverride Read(JsonElement body, string name)
    {
        Uri? endpoint = null;
        if (body.Text("endpoint") is { } address && !Uri.TryCreate(address, UriKind.Absolute, out endpoint))
            throw new RequestRefusedException(ApiErrors.Invalid("endpoint", "must be an absolute http:// or https:// address without password and query"));
        return new()
        {
            Name = name,
            Kind = body.Text("kind")?.ToLowerInvariant(),
            Enabled = body.Flag("enabled"),
            Endpoint = endpoint,
            ApiKeyRef = body.Text("api_key_ref"),
            Organization = body.Text("organization"),
            ApiVersion = body.Text("api_version"),
            Model = body.Text("model"),
            Weight = body.Field("weight")?.GetDouble(),
            Split = body.Text("split"),
            MaxConcurrency = body.Integer("max_concurrency"),
            Trusted = body.Flag("trusted"),
            Think = body.Text("think"),
            KeepAlive = body.Integer("keep_alive"),
        };
    }
}
