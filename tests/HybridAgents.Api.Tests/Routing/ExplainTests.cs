using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Routing;

/// <summary>The dry run of routing. The host of these tests has the built-in model only.</summary>
public sealed class ExplainTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Explain_Completion_NamesCandidatesFactorsAndFeatures()
    {
        JsonElement answer = await ExplainAsync("""{"messages":[{"role":"user","content":"Write a poem on autumn"}],"max_tokens":100}""");
        answer.GetProperty("provider").GetString().ShouldBe("offline");
        answer.GetProperty("model").GetString().ShouldBe("demo");
        answer.GetProperty("decision_factors")[0].GetString().ShouldBe("default_local");
        JsonElement candidate = answer.GetProperty("candidates").EnumerateArray().ShouldHaveSingleItem();
        candidate.GetProperty("locality").GetString().ShouldBe("local");
        candidate.GetProperty("score").GetDouble().ShouldBeInRange(0, 1);
        JsonElement features = answer.GetProperty("features");
        features.GetProperty("privacy_label").GetString().ShouldBe("standard");
        features.GetProperty("max_output_tokens").GetInt32().ShouldBe(100);
        features.GetProperty("prompt_tokens").GetInt32().ShouldBeGreaterThan(0);
        answer.GetProperty("profile").GetProperty("use_case").GetString().ShouldBe("creative_writing");
        answer.GetProperty("profile").GetProperty("tier").GetString().ShouldBe("low");
    }

    [Fact]
    public async Task ExplainRun_StoredAgent_IsDecidedWithItsPromptToolsAndPrivacy()
    {
        using HttpResponseMessage made = await _host.User.PostAsync(
            "/api/v1/agents", ApiHost.Json("""{"agent_id":"poet","name":"Poet","system_prompt":"You write verse.","tools":["get_time"],"privacy_level":"private","max_tokens":77}"""));
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        using HttpResponseMessage answer = await _host.User.PostAsync(
            "/api/v1/route/explain/run", ApiHost.Json("""{"agent_config":{"agent_id":"poet"},"messages":[{"role":"user","content":"Write a poem"}]}"""));
        JsonElement explained = await answer.JsonAsync();

        explained.GetProperty("model").GetString().ShouldBe("demo");
        JsonElement features = explained.GetProperty("features");
        (features.GetProperty("needs_tools").GetBoolean(), features.GetProperty("privacy_label").GetString(), features.GetProperty("max_output_tokens").GetInt32()).ShouldBe((true, "private", 77));
        explained.GetProperty("price_table_version").GetString().ShouldBe(Core.Models.ModelCatalogue.PriceTableVersion);
        _host.Runs.Request.ShouldBeNull();
    }

    [Fact]
    public async Task Explain_NobodyMayServe_SaysWhyOfEach()
    {
        JsonElement answer = await ExplainAsync("""{"model":"openai:gpt-4o","messages":[{"role":"user","content":"Hello"}]}""");
        answer.GetProperty("provider").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.GetProperty("candidates").GetArrayLength().ShouldBe(0);
        answer.GetProperty("rejected").EnumerateArray().Select(static entry => entry.GetProperty("reason").GetString()).ShouldContain("model_not_found");
    }

    [Theory]
    [InlineData("My password is hunter2-and-more", "", "private", "privacy_private")]
    [InlineData("My password is hunter2-and-more", ""","routing_preferences":{"allow_cloud_private":true}""", "private", "privacy_consent")]
    [InlineData("Hello", ""","routing_preferences":{"privacy_level":"max","allow_cloud_private":true}""", "local_only", "privacy_local_only")]
    public async Task Explain_PrivateText_ShowsLabelAndFactor(string text, string extra, string label, string factor)
    {
        JsonElement answer = await ExplainAsync($$"""{"messages":[{"role":"user","content":"{{text}}"}]{{extra}}}""");
        answer.GetProperty("features").GetProperty("privacy_label").GetString().ShouldBe(label);
        answer.GetProperty("decision_factors").EnumerateArray().Select(static entry => entry.GetString()).ShouldContain(factor);
        answer.GetRawText().ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Explain_ToolsOffered_AreAFeature()
    {
        JsonElement answer = await ExplainAsync(
            """{"messages":[{"role":"user","content":"Hello"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"stream":true,"temperature":0.2}""");
        answer.GetProperty("features").GetProperty("needs_tools").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"Hello"}],"routing_preferences":{"privacy_level":"secret"}}""")]
    [InlineData("""{"model":"auto"}""")]
    public async Task Explain_BadBody_IsRefused(string body)
    {
        using HttpResponseMessage answer = await _host.Guest.PostAsync("/api/v1/route/explain", ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task RunRouting_UnknownRun_IsNotFound()
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync($"/api/v1/agents/runs/{Views.RunId}/routing?turn=2");
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<JsonElement> ExplainAsync(string body)
    {
        using HttpResponseMessage answer = await _host.Guest.PostAsync("/api/v1/route/explain", ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }
}
