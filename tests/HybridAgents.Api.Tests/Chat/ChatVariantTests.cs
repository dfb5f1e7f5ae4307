using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>The routes beside completions: hybrid, streaming, and OpenAI's list of models.</summary>
public sealed class ChatVariantTests : IAsyncLifetime
{
    private const string Hybrid = "/api/v1/chat/hybrid";
    private const string Streaming = "/api/v1/chat/streaming";
    private const string Complex = "Analyse and compare these two distributed algorithms in detail, explain their architecture, evaluate the tradeoffs and derive a proof, step by step.";

    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Hybrid_TheRouterChooses()
    {
        (await AskAsync(Gateway.Body(), Hybrid)).GetProperty("provider").GetString().ShouldBe("ollama");
        (await AskAsync(Gateway.Body(Complex), Hybrid)).GetProperty("provider").GetString().ShouldBe("openai");
    }

    [Fact]
    public async Task Hybrid_Explain_AddsEveryCandidate()
    {
        JsonElement metrics = (await AskAsync(Gateway.Body(), Hybrid + "?explain=true")).GetProperty("routing_metrics");
        JsonElement candidates = metrics.GetProperty("candidates");
        candidates.EnumerateArray().Select(static candidate => candidate.GetProperty("candidate").GetString()).ShouldBe(["ollama:llama2:latest", "openai:gpt-4o"]);
        candidates[0].GetProperty("score").GetDouble().ShouldBeGreaterThan(candidates[1].GetProperty("score").GetDouble());
        candidates[0].GetProperty("locality").GetString().ShouldBe("local");
        metrics.GetProperty("rejected")[0].GetProperty("candidate").GetString().ShouldBe("offline:demo");
        (await AskAsync(Gateway.Body(), Hybrid)).GetProperty("routing_metrics").TryGetProperty("candidates", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(""","model":"gpt-4o" """, "", "model")]
    [InlineData(""","routing_preferences":{"force_provider":"openai"}""", "", "routing_preferences.force_provider")]
    [InlineData(""","stream":true""", "?explain=true", "query.explain")]
    public async Task Hybrid_ChoiceOfTheCaller_Is400(string rest, string query, string path)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: rest), Hybrid + query);
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error")).GetProperty("param").GetString().ShouldBe(path);
    }

    [Theory]
    [InlineData("""{"message":"hello","stream":true}""")]
    [InlineData("""{"message":"hello","agent_type":"coding"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"hello"}]}""")]
    public async Task Streaming_EitherForm_StreamsTheAnswer(string body)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(body, Streaming);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        string text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("\"content\":\"Ollama.\"");
        text.ShouldEndWith("data: [DONE]\n\n");
        bool prompted = _gateway.Ollama.Requests.ShouldHaveSingleItem().Body.Contains("software engineer", StringComparison.Ordinal);
        prompted.ShouldBe(body.Contains("coding", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", "messages")]
    [InlineData("""{"message":"hello","agent_type":"plumber"}""", "agent_type")]
    [InlineData("""{"message":"hello","session_id":"s1","n":2}""", "n")]
    [InlineData("""{"messages":[{"role":"user","content":"hello"}],"session_id":"s1"}""", "messages")]
    [InlineData("""{"message":"hello","stream":false}""", "stream")]
    public async Task Streaming_WhatCannotBe_Is400ThatNamesIt(string body, string path)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(body, Streaming);
        (await answer.ErrorAsync(HttpStatusCode.BadRequest, "validation_error")).GetProperty("param").GetString().ShouldBe(path);
    }

    [Fact]
    public async Task Models_List_HasEveryNameThatAChatTakes()
    {
        JsonElement list = await (await _gateway.Host.Guest.GetAsync("/v1/models?whatever=1")).JsonAsync();
        list.GetProperty("object").GetString().ShouldBe("list");
        string?[] ids = [.. list.GetProperty("data").EnumerateArray().Select(static model => model.GetProperty("id").GetString())];
        ids.ShouldBe(["auto", "ollama:llama2:latest", "openai:gpt-4o", "offline:demo"]);
        foreach (string? id in ids)
            (await AskAsync(Gateway.Body(rest: $$""","model":"{{id}}" """), "/v1/chat/completions")).TryGetProperty("choices", out _).ShouldBeTrue(id);
    }

    [Theory]
    [InlineData("auto", "auto")]
    [InlineData("openai:gpt-4o", "openai:gpt-4o")]
    [InlineData("gpt-4o", "openai:gpt-4o")]
    [InlineData("llama2", "ollama:llama2:latest")]
    public async Task Models_One_IsFoundByItsNames(string name, string id)
    {
        JsonElement model = await (await _gateway.Host.Guest.GetAsync($"/v1/models/{name}")).JsonAsync();
        model.GetProperty("id").GetString().ShouldBe(id);
        model.GetProperty("object").GetString().ShouldBe("model");
    }

    [Fact]
    public async Task Models_NameWithASlash_IsFound()
    {
        _gateway.OpenAi.Models.Add("meta/llama");
        JsonElement model = await (await _gateway.Host.Guest.GetAsync("/v1/models/meta%2Fllama")).JsonAsync();
        model.GetProperty("id").GetString().ShouldBe("openai:meta/llama");
    }

    [Fact]
    public async Task Models_Unknown_Is404ModelNotFound()
    {
        using HttpResponseMessage answer = await _gateway.Host.Guest.GetAsync("/v1/models/gpt-99");
        await answer.ErrorAsync(HttpStatusCode.NotFound, "model_not_found");
    }

    private async Task<JsonElement> AskAsync(string body, string path) => await (await _gateway.PostAsync(body, path)).JsonAsync();
}
