using HybridAgents.Api.Analytics;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Budgets;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Usage;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Keys;

/// <summary>API keys: administrators make, list and delete those of their own tenant.</summary>
public sealed class KeyRoutes(ApiKeyStore keys, IBudgets budgets, IUsage usage, TimeProvider time) : IApiRoutes
{
    private static readonly ObjectSchema Body = new(
        new Field("name", new TextSchema(1, 255), Required: true),
        new Field("role", TextSchema.OneOf(Enum.GetNames<ApiRole>())),
        new Field("tier", TextSchema.OneOf("standard", "premium")),
        new Field(BudgetBody.Name, BudgetBody.Schema));

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("CreateKey", "POST", "/api/v1/keys", ApiAccess.Admin, CreateAsync)
        {
            Tag = "Keys", Summary = "Makes a key. Its text is shown this once. The role is USER and the tier standard unless given. A budget bounds what its runs may spend, for ever unless a window is given.",
            Body = Body, Answers = [new(201, typeof(NewKey), "The key.")], Errors = [413],
        },
        new("ListKeys", "GET", "/api/v1/keys", ApiAccess.Admin, ListAsync)
        {
            Tag = "Keys", Summary = "Lists the keys, oldest first, without their secrets.", Answers = [new(200, typeof(KeyList), "The keys.")],
        },
        new("GetKey", "GET", "/api/v1/keys/{key_id}", ApiAccess.Admin, GetAsync)
        {
            Tag = "Keys", Summary = "Shows a key without its secret, what it has used this month, and how its budget stands.", Answers = [new(200, typeof(KeyDetails), "The key.")], Errors = [404],
        },
        new("DeleteKey", "DELETE", "/api/v1/keys/{key_id}", ApiAccess.Admin, DeleteAsync)
        {
            Tag = "Keys", Summary = "Deletes a key: it stops working at once. The key that the request is made with cannot be deleted.",
            Answers = [new(204, null, "It is gone.")], Errors = [404, 409],
        },
    ];

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        using JsonBody body = await JsonBody.ReadAsync(http, Body);
        ApiRole role = Enum.Parse<ApiRole>(body.Root.Text("role") ?? nameof(ApiRole.USER));
        string key = ApiKey.New();
        ApiKeyInfo info = await keys.AddAsync(key, body.Root.Text("name")!, role, body.Root.Text("tier") ?? "standard", ApiCaller.Of(http).Tenant, BudgetBody.Read(body.Root), http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Location = $"/api/v1/keys/{info.Id}";
        return ApiResults.Json(new NewKey(info.Id, key, info.Prefix, info.Name, info.Role, info.Tier, info.CreatedAt, info.Budget), StatusCodes.Status201Created);
    }

    private async Task<IResult> ListAsync(HttpContext http) => ApiResults.Json(new KeyList(await keys.ListAsync(ApiCaller.Of(http).Tenant, http.RequestAborted)));

    private async Task<IResult> GetAsync(HttpContext http)
    {
        if (await keys.GetAsync(IdOf(http), ApiCaller.Of(http).Tenant, http.RequestAborted) is not { } key)
            return Missing(http);
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        UsageTotals month = default;
        await foreach (UsageEntry entry in usage.ReadAsync(key.Tenant, today.AddDays(1 - today.Day), today, key.Id, http.RequestAborted))
            month += entry.Totals;
        return ApiResults.Json(new KeyDetails(
            key.Id, key.Prefix, key.Name, key.Role, key.Tier, key.Tenant, key.CreatedAt, key.Budget, await BudgetUseAsync(key, http.RequestAborted), UsageFigures.Of(month)));
    }

    private async Task<BudgetUse?> BudgetUseAsync(ApiKeyInfo key, CancellationToken cancellationToken)
    {
        if (key.Budget is null)
            return null;
        (Spend spent, Spend reserved) = await budgets.GetAsync(BudgetAccount.OfKey(key.Id, key.Budget), cancellationToken);
        return new(spent.CostUsd, spent.Tokens, reserved.CostUsd, reserved.Tokens);
    }

    private async Task<IResult> DeleteAsync(HttpContext http)
    {
        ApiCaller caller = ApiCaller.Of(http);
        if (caller.KeyId == IdOf(http))
            return ApiResults.Error(ApiErrors.Conflict("This is the key that the request is made with; delete it with another administrator's key."));
        return await keys.DeleteAsync(IdOf(http), caller.Tenant, http.RequestAborted) ? Results.NoContent() : Missing(http);
    }

    /// <summary>The id in the path; one that cannot be an id names no key.</summary>
    private static string IdOf(HttpContext http) => http.RouteValue("key_id") is var id && ApiKey.IsId(id) ? id : throw new RequestRefusedException(NotFound(http));

    private static IResult Missing(HttpContext http) => ApiResults.Error(NotFound(http));

    private static ApiError NotFound(HttpContext http) => ApiErrors.NotFound($"There is no key '{ApiErrors.Shorten(http.RouteValue("key_id"))}'.");
}

/// <summary>A key just made.</summary>
/// <param name="Id">The id, for deleting it.</param>
/// <param name="Key">The text, never shown again.</param>
/// <param name="Prefix">How it begins.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Tier">Its rate tier.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="Budget">What it may spend; null for no bound.</param>
public sealed record NewKey(string Id, string Key, string Prefix, string Name, ApiRole Role, string Tier, DateTimeOffset CreatedAt, Budget? Budget);

/// <summary>A key, and what it has used.</summary>
/// <param name="Id">The id.</param>
/// <param name="Prefix">How the key begins.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Tier">Its rate tier.</param>
/// <param name="Tenant">What it belongs to.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="Budget">What it may spend; null for no bound.</param>
/// <param name="BudgetUse">How the budget stands; null without one.</param>
/// <param name="UsageThisMonth">What it has used in this month of UTC.</param>
public sealed record KeyDetails(
    string Id, string Prefix, string Name, ApiRole Role, string Tier, string Tenant, DateTimeOffset CreatedAt, Budget? Budget, BudgetUse? BudgetUse, UsageFigures UsageThisMonth);

/// <summary>Keys, oldest first.</summary>
public sealed record KeyList(IReadOnlyList<ApiKeyInfo> Keys);
