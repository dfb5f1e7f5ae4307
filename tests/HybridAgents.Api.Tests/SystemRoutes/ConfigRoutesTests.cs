using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Chat;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.SystemRoutes;

/// <summary>Settings that change while the host runs.</summary>
public sealed class ConfigRoutesTests : IAsyncLifetime
{
    private const string Path = "/api/v1/system/config";

    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Set_Values_AreInForceAtOnceAndUntilTheyAreRemoved()
    {
        JsonElement changed = await SetAsync("""{"settings":{"Runs:MaxTokens":77,"Routing:AllowedModels":"openai"} }""");
        (changed.GetProperty("version").GetInt32(), Value(changed, "Runs:MaxTokens").GetInt32()).ShouldBe((1, 77));
        (await _gateway.CompleteAsync()).GetProperty("provider").GetString().ShouldBe("openai");
        await _gateway.Host.User.PostAsync("/api/v1/agents/run", ApiHost.Json(Gateway.Body()));
        _gateway.Host.Runs.Request!.Agent.MaxTokens.ShouldBe(77);

        JsonElement removed = await SetAsync("""{"settings":{"Runs:MaxTokens":null,"Routing:AllowedModels":null},"version":1}""");
        (removed.GetProperty("version").GetInt32(), Value(removed, "Runs:MaxTokens").GetInt32()).ShouldBe((2, 2048));
        removed.GetProperty("settings").GetProperty("Runs:MaxTokens").GetProperty("stored").GetBoolean().ShouldBeFalse();
        (await _gateway.CompleteAsync()).GetProperty("provider").GetString().ShouldBe("ollama");
    }

    [Fact]
    public async Task Get_AfterChanges_ShowsWhoChangedWhat()
    {
        await SetAsync("""{"settings":{"Routing:ComplexityThreshold":0.5} }""");
        await SetAsync("""{"settings":{"Routing:ComplexityThreshold":0.25} }""");
        JsonElement config = await (await _gateway.Host.Admin.GetAsync(Path)).JsonAsync();

        Value(config, "Routing:ComplexityThreshold").GetDouble().ShouldBe(0.25);
        JsonElement[] history = [.. config.GetProperty("history").EnumerateArray()];
        history.Select(static change => change.GetProperty("version").GetInt32()).ShouldBe([2, 1]);
        history[0].GetProperty("changes").GetProperty("Routing:ComplexityThreshold").GetDouble().ShouldBe(0.25);
        history[0].GetProperty("by").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("""{"settings":{"Auth:Mode":"none"} }""", "settings.Auth:Mode")]
    [InlineData("""{"settings":{"Routing:ComplexityThreshold":1.5} }""", "settings.Routing:ComplexityThreshold")]
    [InlineData("""{"settings":{"Runs:MaxTokens":"many"} }""", "settings.Runs:MaxTokens")]
    [InlineData("""{"settings":{"Routing:AllowedModels":"[1"} }""", "settings")]
    [InlineData("{}", "settings")]
    public async Task Set_BadValue_IsNamedAndNothingChanges(string body, string field)
    {
        using HttpResponseMessage answer = await _gateway.Host.Admin.PostAsync(Path, ApiHost.Json(body));
        (await answer.FaultsAsync()).Keys.ShouldBe([field]);
        (await (await _gateway.Host.Admin.GetAsync(Path)).JsonAsync()).GetProperty("version").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Set_AnotherVersion_IsAConflict()
    {
        await SetAsync("""{"settings":{"Runs:Temperature":0.1} }""");
        using HttpResponseMessage answer = await _gateway.Host.Admin.PostAsync(Path, ApiHost.Json("""{"settings":{"Runs:Temperature":0.2},"version":0}"""));
        await answer.ErrorAsync(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task Config_ByAUser_IsForbidden()
    {
        (await _gateway.Host.User.GetAsync(Path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await _gateway.Host.User.PostAsync(Path, ApiHost.Json("""{"settings":{} }"""))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<JsonElement> SetAsync(string body)
    {
        using HttpResponseMessage answer = await _gateway.Host.Admin.PostAsync(Path, ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    private static JsonElement Value(JsonElement config, string key) => config.GetProperty("settings").GetProperty(key).GetProperty("value");
}
