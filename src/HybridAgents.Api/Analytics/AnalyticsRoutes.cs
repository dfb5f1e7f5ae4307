using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Errors;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routes;
using HybridAgents.Orchestrations.Usage;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Analytics;

/// <summary>What was used and paid. Administrators see their whole tenant, everybody else what their own key has used.</summary>
public sealed class AnalyticsRoutes(IUsage usage, TimeProvider time) : IApiRoutes
{
    private const int UsualDays = 30;
    private const int MaxDays = 366;

    private static readonly IReadOnlyList<RouteParameter> Query =
    [
        new("from", $"The first day, UTC, as ISO-8601 or Unix seconds; {UsualDays} days up to the last one by default."),
        new("to", $"The last day, inclusive; today by default. At most {MaxDays} days."),
        new("group_by", "day, key, agent or model; day by default."),
    ];

    /// <inheritdoc/>
    public IEnumerable<ApiRoute> Routes =>
    [
        new("GetUsage", "GET", "/api/v1/analytics/usage", ApiAccess.Read, UsageAsync)
        {
            Tag = "Analytics", Summary = "Sums calls, tokens, cost and savings of runs, chats and embeddings. An administrator's key sees all keys of its tenant, any other its own only.",
            Query = Query, Answers = [new(200, typeof(UsageReport), "The report.")],
        },
        new("GetCost", "GET", "/api/v1/analytics/cost", ApiAccess.Read, CostAsync)
        {
            Tag = "Analytics", Summary = "Sums cost and savings of runs, chats and embeddings. An administrator's key sees all keys of its tenant, any other its own only.",
            Query = Query, Answers = [new(200, typeof(CostReport), "The report.")],
        },
    ];

    private async Task<IResult> UsageAsync(HttpContext http)
    {
        Question asked = Read(http);
        UsageSums sums = await SumAsync(http, asked);
        return ApiResults.Json(new UsageReport(
            asked.From, asked.To, Word(asked.Grouping), [.. sums.InOrder().Select(static sum => new UsageGroup(sum.Group, UsageFigures.Of(sum.Totals)))], UsageFigures.Of(sums.Total)));
    }

    private async Task<IResult> CostAsync(HttpContext http)
    {
        Question asked = Read(http);
        UsageSums sums = await SumAsync(http, asked);
        return ApiResults.Json(new CostReport(
            asked.From, asked.To, Word(asked.Grouping), [.. sums.InOrder().Select(static sum => new CostGroup(sum.Group, CostFigures.Of(sum.Totals)))], CostFigures.Of(sums.Total)));
    }

    private async Task<UsageSums> SumAsync(HttpContext http, Question asked)
    {
        ApiCaller caller = ApiCaller.Of(http);
        UsageSums sums = new(asked.Grouping);
        await foreach (UsageEntry entry in usage.ReadAsync(caller.Tenant, asked.From, asked.To, caller.Role == ApiRole.ADMIN ? null : caller.KeyId, http.RequestAborted))
            sums.Add(entry);
        return sums;
    }

    private Question Read(HttpContext http)
    {
        DateOnly to = Day(http.QueryTime("to") ?? time.GetUtcNow());
        DateOnly from = http.QueryTime("from") is { } given ? Day(given) : to.AddDays(1 - Math.Min(UsualDays, to.DayNumber + 1));
        if (from > to || to.DayNumber - from.DayNumber >= MaxDays)
            throw new RequestRefusedException(ApiErrors.Invalid("query.from", $"must be a day up to the last one ({to:yyyy-MM-dd}), and less than {MaxDays} days before it"));
        return new(from, to, http.QueryWord<UsageGrouping>("group_by") ?? UsageGrouping.Day);
    }

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private static string Word(UsageGrouping grouping) => JsonNamingPolicy.SnakeCaseLower.ConvertName(grouping.ToString());

    private readonly record struct Question(DateOnly From, DateOnly To, UsageGrouping Grouping);
}
