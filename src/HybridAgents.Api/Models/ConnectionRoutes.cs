using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Providers;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Models;

/// <summary>Whether providers can be reached: the configured ones, and others at an address of the caller's.</summary>
public sealed class ConnectionRoutes(ProviderRegistry registry, IProviderTrial trial, ConnectionTest connection, TimeProvider time) : IApiRoutes
{
    private readonly ObjectSchema _body = new(
        new Field("provider", TextSchema.OneOf([.. trial.Kinds]), Required: true),
        new Field("endpoint", new TextSchema(1, 2048), Required: true),
        new Field("api_key", new TextSchema(1, 1024)));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ConnectProvider", "POST", "/api/v1/models/connect", ApiAccess.Write, ConnectAsync)
        {
            Tag = "Models",
            Summary = "Tries a provider at an address and lists its models; nothing is kept. Administrators may try any address, others those of the public internet. A provider in the cloud needs an `api_key`.",
            Body = _body, Answers = [new(200, typeof(ConnectionView), "Whether it can be reached.")], Errors = [413],
        },
        new("GetProviderStatus", "GET", "/api/v1/models/{provider}/status", ApiAccess.Read, StatusAsync)
        {
            Tag = "Models", Summary = "Asks a provider for its models now.", Answers = [new(200, typeof(ProviderStatus), "Whether it can be reached.")], Errors = [404],
        },
    ];

    private async Task<IResult> ConnectAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, _body);
        string kind = body.Root.Text("provider")!;
        string? key = body.Root.Text("api_key");
        Faults faults = new();
        if (!Uri.TryCreate(body.Root.Text("endpoint"), UriKind.Absolute, out Uri? endpoint) || endpoint is not { Scheme: "http" or "https", UserInfo.Length: 0 })
            faults.Add("endpoint", "must be an absolute http:// or https:// address without user name and password");
        if (key is null && trial.NeedsKey(kind))
            faults.Add("api_key", $"is required for {kind}");
        faults.ThrowIfAny();
        bool publicOnly = !ApiCaller.Of(http).May(ApiAccess.Admin);
        return ApiResults.Json(await connection.TryAsync(kind, endpoint!, aborted => trial.ListAsync(kind, endpoint!, key, publicOnly, aborted), http.RequestAborted));
    }

    private async Task<IResult> StatusAsync(HttpContext http)
    {
        string name = http.RouteValue("provider");
        if (!registry.TryFind(name, out ModelProvider? provider))
        {
            string known = string.Join(", ", registry.Providers.Select(static provider => provider.Name));
            return ApiResults.Error(ApiErrors.NotFound($"There is no provider '{ApiErrors.Shorten(name)}'; enabled are {known}."));
        }

        ConnectionView reached = await connection.TryAsync(provider.Name, provider.Settings.Endpoint, provider.Source.ListAsync, http.RequestAborted);
        return ApiResults.Json(new ProviderStatus(
            provider.Name, reached.Connected, reached.Endpoint, reached.LatencyMs, reached.Models?.Count, time.GetUtcNow(), reached.Error));
    }
}

/// <summary>Whether a provider can be reached.</summary>
/// <param name="Connected">Whether it listed its models.</param>
/// <param name="Provider">Its kind.</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="LatencyMs">How long it took; null if it failed.</param>
/// <param name="Models">Its models that can chat, as it names them; null if it failed.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
public sealed record ConnectionView(bool Connected, string Provider, string Endpoint, double? LatencyMs, IReadOnlyList<string>? Models, string? Error);

/// <summary>How a configured provider does.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="Available">Whether it listed its models.</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="LatencyMs">How long it took; null if it failed.</param>
/// <param name="ModelCount">How many models can chat; null if it failed.</param>
/// <param name="LastCheck">When it was asked: now, UTC.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
public sealed record ProviderStatus(string Provider, bool Available, string Endpoint, double? LatencyMs, int? ModelCount, DateTimeOffset LastCheck, string? Error);
