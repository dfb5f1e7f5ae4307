using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Models;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Orchestrations.Configuration;
using HybridAgents.Providers;
using HybridAgents.Providers.Configuration;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Providers;

/// <summary>Settings of providers while the host runs: what an administrator stores counts over what is configured, on every host within 5 s.</summary>
public sealed class ProviderRoutes(ProviderAdministration administration, ProviderRegistry registry, StoredProviders stored, IProviderSync sync, ConnectionTest connection) : IApiRoutes
{
    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("ListProviders", "GET", "/api/v1/providers", ApiAccess.Read, ListAsync)
        {
            Tag = "Providers", Summary = "Lists the providers that are configured or stored, in order of preference.", Answers = [new(200, typeof(ProviderList), "The providers.")],
        },
        new("GetProvider", "GET", "/api/v1/providers/{name}", ApiAccess.Read, GetAsync)
        {
            Tag = "Providers", Summary = "Shows the settings in force of a provider. Secrets are never shown.", Answers = [new(200, typeof(ProviderView), "The provider.")], Errors = [404],
        },
        new("PutProvider", "PUT", "/api/v1/providers/{name}", ApiAccess.Admin, PutAsync)
        {
            Tag = "Providers",
            Summary = "Stores settings of a provider, in place of those stored before; a field that is left out is as configured. A name that is no kind's makes a further provider and needs `kind`. `api_key_ref` names the configuration key of the secret.",
            Body = ProviderBody.Schema, Answers = [new(200, typeof(ProviderView), "The provider, in force."), new(201, typeof(ProviderView), "The same, when nothing was stored of it before.")], Errors = [409, 413],
        },
        new("DeleteProvider", "DELETE", "/api/v1/providers/{name}", ApiAccess.Admin, DeleteAsync)
        {
            Tag = "Providers", Summary = "Removes what is stored of a provider: it is as it is configured, or gone. Calls under way end by themselves.",
            Answers = [new(204, null, "Nothing is stored of it.")], Errors = [404],
        },
        new("TestProvider", "POST", "/api/v1/providers/{name}/test", ApiAccess.Admin, TestAsync)
        {
            Tag = "Providers", Summary = "Asks a provider for its models: as it is, or as it would be with the settings in the body. Nothing is stored.",
            Body = ProviderBody.Schema, BodyOptional = true, Answers = [new(200, typeof(ConnectionView), "Whether it can be reached.")], Errors = [404, 413],
        },
    ];

    private async Task<IResult> ListAsync(HttpContext http)
    {
        Dictionary<string, StoredProvider> kept = (await stored.ListAsync(http.RequestAborted)).Providers.ToDictionary(static provider => provider.Settings.Name);
        return ApiResults.Json(new ProviderList([.. administration.Settings
            .Where(settings => settings.Configured || IsActive(settings))
            .OrderByDescending(static settings => settings.Weight)
            .Select(settings => ProviderView.From(settings, IsActive(settings), kept.GetValueOrDefault(settings.Name)))]));
    }

    private async Task<IResult> GetAsync(HttpContext http)
    {
        string name = NameOf(http);
        return await ViewAsync(name, http.RequestAborted) is { } view ? ApiResults.Json(view) : ApiResults.Error(Unknown(name));
    }

    private async Task<IResult> PutAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, ProviderBody.Schema);
        ProviderOverride change = Read(body, NameOf(http));
        if (await stored.PutAsync(change, ApiCaller.Of(http).KeyId, http.RequestAborted) is not { } kept)
            return ApiResults.Error(ApiErrors.Conflict($"There are {StoredProviders.Most} stored providers, as many as may be."));
        await sync.RefreshAsync(http.RequestAborted);
        return ApiResults.Json(await ViewAsync(change.Name, http.RequestAborted), kept.Version == 1 ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task<IResult> DeleteAsync(HttpContext http)
    {
        string name = NameOf(http);
        if (!await stored.RemoveAsync(name, http.RequestAborted))
            return ApiResults.Error(ApiErrors.NotFound($"Nothing is stored of a provider '{ApiErrors.Shorten(name)}'."));
        await sync.RefreshAsync(http.RequestAborted);
        return Results.NoContent();
    }

    private async Task<IResult> TestAsync(HttpContext http)
    {
        string name = NameOf(http);
        using JsonBody body = await JsonBody.ReadAsync(http, ProviderBody.Schema, optional: true);
        StoredProvider? kept = await stored.FindAsync(name, http.RequestAborted);
        bool asItIs = !body.Root.EnumerateObject().Any();
        if (asItIs && kept is null && Find(name) is null)
            return ApiResults.Error(Unknown(name));
        ProviderOverride change = asItIs ? Checked(kept?.Settings ?? new() { Name = name }) : Read(body, name);
        ProviderSettings settings = administration.With(change);
        return ApiResults.Json(await connection.TryAsync(settings.KindName ?? settings.Name, settings.Endpoint, aborted => administration.TryAsync(change, aborted), http.RequestAborted));
    }

    private ProviderOverride Read(JsonBody body, string name) => Checked(ProviderBody.Read(body.Root, name));

    private ProviderOverride Checked(ProviderOverride change)
    {
        Faults faults = new();
        foreach (OverrideFault fault in administration.Check(change))
            faults.Add(fault.Field, fault.Message);
        faults.ThrowIfAny();
        return change;
    }

    private async Task<ProviderView?> ViewAsync(string name, CancellationToken cancellationToken) =>
        Find(name) is { } settings ? ProviderView.From(settings, IsActive(settings), await stored.FindAsync(settings.Name, cancellationToken)) : null;

    private ProviderSettings? Find(string name) => administration.Settings.FirstOrDefault(settings => settings.Name == name);

    private bool IsActive(ProviderSettings settings) => registry.TryFind(settings.Name, out _);

    private static string NameOf(HttpContext http) => http.RouteValue("name").ToLowerInvariant();

    private ApiError Unknown(string name) => ApiErrors.NotFound(
        $"There is no provider '{ApiErrors.Shorten(name)}'; known are {string.Join(", ", administration.Settings.Select(static settings => settings.Name))}.");
}
