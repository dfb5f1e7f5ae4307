using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Chat;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Api.Tests.Models;

/// <summary>Models by name, and whether their providers can be reached.</summary>
public sealed class ConnectionRoutesTests : IAsyncLifetime
{
    private const string Connect = "/api/v1/models/connect";

    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("openai:gpt-4o", "openai:gpt-4o")]
    [InlineData("llama2", "ollama:llama2:latest")]
    public async Task Model_ByName_IsShown(string name, string id)
    {
        JsonElement model = await (await _gateway.Host.Guest.GetAsync($"/api/v1/models/{name}")).JsonAsync();
        model.GetProperty("id").GetString().ShouldBe(id);
        model.GetProperty("available").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Model_Unknown_Is404()
    {
        using HttpResponseMessage answer = await _gateway.Host.Guest.GetAsync("/api/v1/models/gpt-99");
        await answer.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("OpenAI", "openai")]
    [InlineData("ollama", "ollama")]
    [InlineData("offline", "offline")]
    public async Task Status_ProviderThatAnswers_IsAvailable(string name, string provider)
    {
        JsonElement status = await (await _gateway.Host.Guest.GetAsync($"/api/v1/models/{name}/status")).JsonAsync();
        status.GetProperty("provider").GetString().ShouldBe(provider);
        status.GetProperty("available").GetBoolean().ShouldBeTrue();
        status.GetProperty("model_count").GetInt32().ShouldBeGreaterThan(0);
        status.GetProperty("latency_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Status_ProviderThatIsGone_SaysWhy()
    {
        await _gateway.OpenAi.DisposeAsync();
        JsonElement status = await (await _gateway.Host.Guest.GetAsync("/api/v1/models/openai/status")).JsonAsync();
        status.GetProperty("available").GetBoolean().ShouldBeFalse();
        status.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        status.GetRawText().ShouldNotContain("sk-wire");
    }

    [Fact]
    public async Task Status_UnknownProvider_Is404()
    {
        using HttpResponseMessage answer = await _gateway.Host.Guest.GetAsync("/api/v1/models/nobody/status");
        await answer.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Connect_ProviderThatAnswers_ListsItsModels()
    {
        JsonElement seen = await ConnectAsync("openai", _gateway.OpenAi.Endpoint, ""","api_key":"sk-mine" """);
        seen.GetProperty("connected").GetBoolean().ShouldBeTrue();
        seen.GetProperty("models").EnumerateArray().Select(static model => model.GetString()).ShouldContain("gpt-4o");
        seen.GetProperty("latency_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        seen.GetRawText().ShouldNotContain("sk-mine");
        (await ConnectAsync("ollama", _gateway.Ollama.Endpoint)).GetProperty("connected").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Connect_NobodyThere_SaysWhy()
    {
        Uri endpoint = _gateway.Ollama.Endpoint;
        await _gateway.Ollama.DisposeAsync();
        JsonElement seen = await ConnectAsync("ollama", endpoint);
        seen.GetProperty("connected").GetBoolean().ShouldBeFalse();
        seen.GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
        seen.GetProperty("models").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("ollama", "")]
    [InlineData("openai", ""","api_key":"sk-mine" """)]
    public async Task Connect_PrivateAddressByAUser_ConnectsToNothing(string provider, string rest)
    {
        WireServer server = provider == "ollama" ? _gateway.Ollama : _gateway.OpenAi;
        using HttpResponseMessage answer = await _gateway.Host.User.PostAsync(Connect, Body(provider, server.Endpoint, rest));
        (await answer.JsonAsync()).GetProperty("connected").GetBoolean().ShouldBeFalse();
        JsonElement admins = await ConnectAsync(provider, server.Endpoint, rest);
        admins.GetProperty("connected").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("openai", "https://example.com", "", "api_key")]
    [InlineData("ollama", "file:///etc/passwd", "", "endpoint")]
    [InlineData("ollama", "http://user:word@127.0.0.1", "", "endpoint")]
    [InlineData("ollama", "nowhere", "", "endpoint")]
    [InlineData("offline", "http://127.0.0.1", "", "provider")]
    [InlineData("ollama", "http://127.0.0.1", ""","model":"x" """, "model")]
    public async Task Connect_WhatCannotBe_Is400ThatNamesIt(string provider, string endpoint, string rest, string path)
    {
        using HttpResponseMessage answer = await _gateway.Host.Admin.PostAsync(Connect, ApiHost.Json($$"""{"provider":"{{provider}}","endpoint":"{{endpoint}}"{{rest}}}"""));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error");
        error.GetProperty("details").GetProperty("fields")[0].GetProperty("path").GetString().ShouldBe(path);
    }

    private async Task<JsonElement> ConnectAsync(string provider, Uri endpoint, string rest = "") =>
        await (await _gateway.Host.Admin.PostAsync(Connect, Body(provider, endpoint, rest))).JsonAsync();

    private static StringContent Body(string provider, Uri endpoint, string rest) => ApiHost.Json($$"""{"provider":"{{provider}}","endpoint":"{{endpoint}}"{{rest}}}""");
}
