using System.Net;
using System.Text.Json;
using HybridAgents.Api.Auth;
using HybridAgents.Api.Tests.Chat;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Budgets;
using HybridAgents.Orchestrations.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.Tests.Analytics;

public sealed class AnalyticsTests : IAsyncLifetime
{
    private const string Usage = "/api/v1/analytics/usage";
    private const string Cost = "/api/v1/analytics/cost";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("day", "2026-01-02 1 0.5, 2026-01-05 2 3")]
    [InlineData("agent", "writer 1 2, (null) 1 1, meta 1 0.5")]
    [InlineData("model", "openai:gpt-4o 2 3, ollama:llama3 1 0.5")]
    public async Task GetUsage_Grouped_AddsUp(string grouping, string groups)
    {
        await CountAsync("k1", "meta", "ollama:llama3", 2, 0.5m);
        await CountAsync("k1", "writer", "openai:gpt-4o", 5, 2);
        await CountAsync("k2", null, "openai:gpt-4o", 5, 1);
        JsonElement report = await GetAsync(_host.Admin, $"{Usage}?from=2026-01-01&to=2026-01-31&group_by={grouping}");

        string.Join(", ", report.GetProperty("groups").EnumerateArray().Select(static group =>
            $"{group.GetProperty("group").GetString() ?? "(null)"} {group.GetProperty("usage").GetProperty("model_calls")} {group.GetProperty("usage").GetProperty("cost_usd")}")).ShouldBe(groups);
        report.GetProperty("total").GetRawText().ShouldBe(
            """{"model_calls":3,"prompt_tokens":30,"completion_tokens":15,"total_tokens":45,"cost_usd":3.5,"estimated_savings_usd":0.75}""");
        (report.GetProperty("from").GetString(), report.GetProperty("to").GetString(), report.GetProperty("group_by").GetString()).ShouldBe(("2026-01-01", "2026-01-31", grouping));
    }

    [Fact]
    public async Task GetCost_ByKey_HasMoneyOnly()
    {
        await CountAsync("k1", null, "openai:gpt-4o", 2, 1);
        await CountAsync("k2", null, "openai:gpt-4o", 2, 2);
        JsonElement report = await GetAsync(_host.Admin, $"{Cost}?from=2026-01-02&to=2026-01-02T23:59:59Z&group_by=key");

        report.GetProperty("groups").GetRawText().ShouldBe(
            """[{"group":"k2","cost":{"model_calls":1,"cost_usd":2,"estimated_savings_usd":0.25}},{"group":"k1","cost":{"model_calls":1,"cost_usd":1,"estimated_savings_usd":0.25}}]""");
    }

    [Fact]
    public async Task GetUsage_User_SeesItsOwnKeyOnly()
    {
        string key = ApiKey.New();
        await _host.Services.GetRequiredService<ApiKeyStore>().AddAsync(key, "mine", ApiRole.USER, "standard", ApiCaller.DefaultTenant, null, default);
        await CountAsync(ApiKey.IdOf(key), null, "a:b", 2, 1);
        await CountAsync("other", null, "a:b", 2, 2);
        using HttpClient client = _host.Client(key);

        foreach (string path in (string[])[Usage, Cost])
            (await GetAsync(client, $"{path}?from=2026-01-01&to=2026-01-31")).GetProperty("total").GetProperty("cost_usd").GetDecimal().ShouldBe(1);
        (await GetAsync(_host.Guest, $"{Usage}?from=2026-01-01&to=2026-01-31")).GetProperty("groups").GetArrayLength().ShouldBe(0);
        using HttpResponseMessage anonymous = await _host.Anonymous.GetAsync(Usage);
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task GetUsage_OtherTenant_SeesNothing()
    {
        string key = ApiKey.New();
        await _host.Services.GetRequiredService<ApiKeyStore>().AddAsync(key, "theirs", ApiRole.ADMIN, "standard", "tenant2", null, default);
        await CountAsync("k1", null, "a:b", 2, 1);
        using HttpClient client = _host.Client(key);
        (await GetAsync(client, $"{Usage}?from=2026-01-01&to=2026-01-31")).GetProperty("groups").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("from=2026-02-01&to=2026-01-31", "query.from")]
    [InlineData("from=2025-01-30&to=2026-01-31", "query.from")]
    [InlineData("from=yesterday", "query.from")]
    [InlineData("to=2026-13-01", "query.to")]
    [InlineData("group_by=tenant", "query.group_by")]
    [InlineData("key=k1", "query.key")]
    public async Task GetUsage_QueryWrong_IsRefused(string query, string path)
    {
        using HttpResponseMessage answer = await _host.Admin.GetAsync($"{Usage}?{query}");
        (await answer.FaultsAsync()).ShouldContainKey(path);
    }

    [Theory]
    [InlineData("to=0001-01-01", "0001-01-01", "0001-01-01")]
    [InlineData("to=2026-01-31", "2026-01-02", "2026-01-31")]
    public async Task GetUsage_WithoutFrom_HasThirtyDays(string query, string from, string to)
    {
        JsonElement report = await GetAsync(_host.Admin, $"{Usage}?{query}");
        (report.GetProperty("from").GetString(), report.GetProperty("to").GetString()).ShouldBe((from, to));
    }

    [Fact]
    public async Task GetKey_ShowsWhatItHasUsedAndHowItsBudgetStands()
    {
        using HttpResponseMessage made = await _host.Admin.PostAsync("/api/v1/keys", ApiHost.Json("""{"name":"ci","budget":{"max_cost_usd":2.5,"window":"month"}}"""));
        string id = (await made.JsonAsync()).GetProperty("id").GetString()!;
        DateTimeOffset now = _host.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await CountAsync(id, null, "a:b", DateOnly.FromDateTime(now.UtcDateTime), 1);
        IBudgets budgets = _host.Services.GetRequiredService<IBudgets>();
        BudgetAccount account = BudgetAccount.OfKey(id, new(2.5m, null, BudgetWindow.Month));
        await budgets.ReserveAsync(account, "1", new(2, 20), now.AddDays(1), default);
        await budgets.SettleAsync(account.Id, "1", new(1, 15), default);
        await budgets.ReserveAsync(account, "2", new(0.5m, 5), now.AddDays(1), default);

        JsonElement key = await GetAsync(_host.Admin, $"/api/v1/keys/{id}");

        key.GetProperty("usage_this_month").GetProperty("total_tokens").GetInt32().ShouldBe(15);
        key.GetProperty("budget_use").GetRawText().ShouldBe("""{"spent_usd":1,"spent_tokens":15,"reserved_usd":0.5,"reserved_tokens":5}""");
    }

    [Fact]
    public async Task ChatsAndVectors_AreCountedForTheKeyThatAsked()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        gateway.Ollama.Models.Add(new("nomic-embed-text:latest") { Capabilities = ["embedding"] });
        await gateway.CompleteAsync();
        using HttpResponseMessage streamed = await gateway.PostAsync(Gateway.Body(rest: ""","stream":true"""));
        await streamed.Content.ReadAsStringAsync();
        using HttpResponseMessage vectors = await gateway.Host.User.PostAsync("/v1/embeddings", ApiHost.Json("""{"model":"nomic-embed-text","input":"four"}"""));
        vectors.StatusCode.ShouldBe(HttpStatusCode.OK);

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        JsonElement report;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            report = await GetAsync(gateway.Host.User, $"{Usage}?group_by=model");
        }
        while (report.GetProperty("total").GetProperty("model_calls").GetInt32() < 3); // Counted behind the answer.

        report.GetProperty("groups").EnumerateArray().Select(static group => group.GetProperty("group").GetString()).Order()
            .ShouldBe(["ollama:llama2:latest", "ollama:nomic-embed-text"]);
        report.GetProperty("total").GetProperty("model_calls").GetInt32().ShouldBe(3);
    }

    private Task CountAsync(string key, string? agent, string model, int day, decimal cost) => CountAsync(key, agent, model, new DateOnly(2026, 1, day), cost);

    private Task CountAsync(string key, string? agent, string model, DateOnly day, decimal cost) => _host.Services.GetRequiredService<IUsage>().CountAsync(
        new(ApiCaller.DefaultTenant, day, key, agent, null, [new(model, new(1, 10, 5, cost, 0.25m))]));

    private static async Task<JsonElement> GetAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }
}
