using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Routing;
using HybridAgents.Orchestrations.Configuration;
using HybridAgents.Orchestrations.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace HybridAgents.Api.SystemState;

/// <summary>Settings that may change while hosts run. They hold no secrets; providers have routes of their own.</summary>
public sealed class ConfigRoutes(
    StoredSettings stored, ISettingsSync sync, IOptionsMonitor<RoutingOptions> routing, IOptionsMonitor<RunOptions> runs, IEnumerable<IValidateOptions<RoutingOptions>> validators) : IApiRoutes
{
    private const int History = 20;

    private static readonly ObjectSchema Settings = new(
        new Field(RuntimeSettings.ComplexityThreshold, new NumberSchema(0, 1)),
        new Field(RuntimeSettings.AllowedModels, new TextSchema(0, 10_000)),
        new Field(RuntimeSettings.Temperature, new NumberSchema(0, 2)),
        new Field(RuntimeSettings.MaxTokens, new IntegerSchema(1, 131_072)));

    private static readonly ObjectSchema Body = new(new Field("settings", Settings, Required: true), new Field("version", new IntegerSchema(0, int.MaxValue)));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("GetSystemConfig", "GET", "/api/v1/system/config", ApiAccess.Admin, GetAsync)
        {
            Tag = "System", Summary = "Shows the settings that may change while hosts run, as they are in force, and who changed them last.", Answers = [new(200, typeof(SystemConfig), "The settings.")],
        },
        new("SetSystemConfig", "POST", "/api/v1/system/config", ApiAccess.Admin, SetAsync)
        {
            Tag = "System",
            Summary = "Changes settings on every host within 5 s, without a restart; null takes a stored value away, so that the configured one counts. With `version`, only if the settings are at it.",
            Body = Body, Answers = [new(200, typeof(SystemConfig), "The settings, in force.")], Errors = [409, 413],
        },
    ];

    private async Task<IResult> GetAsync(HttpContext http) => ApiResults.Json(await ViewAsync(await stored.ReadAsync(http.RequestAborted), http.RequestAborted));

    private async Task<IResult> SetAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body);
        Dictionary<string, JsonElement> changes = body.Root.GetProperty("settings").EnumerateObject().ToDictionary(static change => change.Name, static change => change.Value.Clone());
        if (await stored.ChangeAsync(changes, body.Root.Integer("version"), ApiCaller.Of(http).KeyId, Check, http.RequestAborted) is not { } changed)
            return ApiResults.Error(ApiErrors.Conflict("The settings are at another version by now; read them again."));
        await sync.RefreshAsync(http.RequestAborted);
        return ApiResults.Json(await ViewAsync(changed, http.RequestAborted));
    }

    /// <summary>What the schema cannot see.</summary>
    private void Check(IReadOnlyDictionary<string, JsonElement> values)
    {
        RoutingOptions options = new();
        RuntimeSettings.Lay(values, options);
        Faults faults = new();
        foreach (IValidateOptions<RoutingOptions> validator in validators)
        {
            if (validator.Validate(Options.DefaultName, options) is { Failed: true } refused)
                faults.Add("settings", refused.FailureMessage);
        }

        faults.ThrowIfAny();
    }

    private async Task<SystemConfig> ViewAsync(SettingsVersion version, CancellationToken aborted)
    {
        Dictionary<string, object?> effective = new()
        {
            [RuntimeSettings.ComplexityThreshold] = routing.CurrentValue.ComplexityThreshold,
            [RuntimeSettings.AllowedModels] = routing.CurrentValue.AllowedModels,
            [RuntimeSettings.Temperature] = runs.CurrentValue.Temperature,
            [RuntimeSettings.MaxTokens] = runs.CurrentValue.MaxTokens,
        };
        return new(
            version.Version, effective.ToDictionary(static entry => entry.Key, entry => new EffectiveSetting(entry.Value, version.Values.ContainsKey(entry.Key))),
            await stored.HistoryAsync(version.Version, History, aborted));
    }
}

/// <summary>The settings that may change while hosts run.</summary>
/// <param name="Version">One more with each change; 0 when nothing has been stored.</param>
/// <param name="Settings">As they are in force, by key.</param>
/// <param name="History">The last changes, newest first.</param>
public sealed record SystemConfig(int Version, IReadOnlyDictionary<string, EffectiveSetting> Settings, IReadOnlyList<SettingsChange> History);

/// <summary>A setting in force.</summary>
/// <param name="Value">Its value; null for none.</param>
/// <param name="Stored">Whether it is stored; otherwise it is configured, or the default.</param>
public sealed record EffectiveSetting(object? Value, bool Stored);
