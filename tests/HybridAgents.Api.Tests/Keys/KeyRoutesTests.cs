using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Usage;
using HybridAgents.Durable.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.Tests.Keys;

public sealed class KeyRoutesTests : IAsyncLifetime
{
    private const string Keys = "/api/v1/keys";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Create_Key_WorksUntilItIsDeleted()
    {
        JsonElement made = await CreateAsync("""{"name":"ci","role":"GUEST","tier":"premium"}""");
        using HttpClient client = _host.Client(made.GetProperty("key").GetString());
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);

        string path = $"{Keys}/{made.GetProperty("id").GetString()}";
        using (HttpResponseMessage shown = await _host.Admin.GetAsync(path))
            (await shown.JsonAsync()).GetProperty("role").GetString().ShouldBe("GUEST");
        using (HttpResponseMessage deleted = await _host.Admin.DeleteAsync(path))
            deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.Unauthorized);
        using HttpResponseMessage again = await _host.Admin.DeleteAsync(path);
        await again.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Create_Key_IsShownOnceAndStoredAsAHash()
    {
        JsonElement made = await CreateAsync("""{"name":"ci"}""");
        string key = made.GetProperty("key").GetString()!;
        made.GetProperty("role").GetString().ShouldBe("USER");
        key.ShouldStartWith(made.GetProperty("prefix").GetString()!);

        using HttpResponseMessage list = await _host.Admin.GetAsync(Keys);
        string text = await list.Content.ReadAsStringAsync();
        text.ShouldContain(made.GetProperty("id").GetString()!);
        text.ShouldNotContain(key);
        text.ShouldNotContain("hash");
        await foreach (TableRow row in _host.Services.GetRequiredService<ITableStore>().GetTable("keys").QueryAsync("key"))
            row.Properties.Values.OfType<string>().ShouldAllBe(value => !key.Contains(value) || value.Length < 12);
    }

    [Theory]
    [InlineData("{}", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":"x","role":"KING"}""", "role")]
    [InlineData("""{"name":"x","tier":"gold"}""", "tier")]
    [InlineData("""{"name":"x","tenant":"other"}""", "tenant")]
    [InlineData("""{"name":"x","budget":{"max_cost_usd":-1}}""", "budget.max_cost_usd")]
    [InlineData("""{"name":"x","budget":{"window":"week"}}""", "budget.window")]
    public async Task Create_FieldWrong_IsRefused(string body, string path)
    {
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Keys, ApiHost.Json(body));
        (await answer.FaultsAsync()).ShouldContainKey(path);
    }

    [Fact]
    public async Task Create_Budget_IsShownAndGoesWithTheKeysRuns()
    {
        JsonElement made = await CreateAsync("""{"name":"ci","budget":{"max_cost_usd":2.5,"window":"day"}}""");
        made.GetProperty("budget").GetProperty("window").GetString().ShouldBe("day");
        using HttpClient client = _host.Client(made.GetProperty("key").GetString());

        using HttpResponseMessage started = await client.PostAsync("/api/v1/agents/run", ApiHost.Json("""{"messages":[{"role":"user","content":"Hi"}]}"""));

        started.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        _host.Runs.Caller!.Accounts.ShouldBe([new($"key|{made.GetProperty("id").GetString()}", new(2.5m, null, BudgetWindow.Day))]);
    }

    [Fact]
    public async Task Delete_OwnKey_IsAConflict()
    {
        using HttpResponseMessage answer = await _host.Admin.DeleteAsync($"{Keys}/{_host.AdminKey.Substring(3, 12)}");
        await answer.ErrorAsync(HttpStatusCode.Conflict, "conflict");
    }

    [Theory]
    [InlineData("000000000000")]
    [InlineData("not-an-id")]
    public async Task Get_UnknownKey_IsNotFound(string id)
    {
        using HttpResponseMessage answer = await _host.Admin.GetAsync($"{Keys}/{id}");
        await answer.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.GetAsync("/api/v1/tools");
        return answer.StatusCode;
    }

    private async Task<JsonElement> CreateAsync(string body)
    {
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Keys, ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return await answer.JsonAsync();
    }
}
