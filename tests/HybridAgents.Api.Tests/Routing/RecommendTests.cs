using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Routing;

public sealed class RecommendTests : IAsyncLifetime
{
    private const string Path = "/api/v1/agents/models/recommend";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("use_case=code_generation&performance_tier=high", "codellama:34b", "gpt-4o", "high")]
    [InlineData("use_case=resource_constrained&performance_tier=low", "phi", "gpt-3.5-turbo", "low")]
    [InlineData("use_case=conversational", "neural-chat", "gpt-3.5-turbo", "medium")]
    [InlineData("use_case=gardening", "mistral", "gpt-3.5-turbo", "medium")]
    public async Task Recommend_UseCase_NamesALocalAndACloudModel(string query, string ollama, string openai, string tier)
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync($"{Path}?{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement view = await answer.JsonAsync();
        view.GetProperty("ollama_recommendation").GetString().ShouldBe(ollama);
        view.GetProperty("openai_recommendation").GetString().ShouldBe(openai);
        view.GetProperty("performance_tier").GetString().ShouldBe(tier);
        query.ShouldContain(view.GetProperty("use_case").GetString()!);
        view.GetProperty("installed").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Recommend_Model_ComesWithItsCapabilities()
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync($"{Path}?use_case=code_generation&performance_tier=low");
        JsonElement capabilities = (await answer.JsonAsync()).GetProperty("capabilities");
        capabilities.GetProperty("context_window").GetInt32().ShouldBe(16_384);
        capabilities.GetProperty("recommended_temperature").GetDouble().ShouldBe(0.5);
        capabilities.GetProperty("approximate_speed").GetString().ShouldBe("medium");
        capabilities.GetProperty("strengths").EnumerateArray().Select(static entry => entry.GetString()).ShouldContain("code_generation");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?performance_tier=low")]
    [InlineData("?use_case=conversational&performance_tier=fastest")]
    public async Task Recommend_BadQuery_IsRefused(string query)
    {
        using HttpResponseMessage answer = await _host.Guest.GetAsync(Path + query);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
