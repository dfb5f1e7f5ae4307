using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>Which provider answers a chat, with one local and one cloud server that both can.</summary>
public sealed class ChatRoutingTests : IAsyncLifetime
{
    private const string Complex = "Analyse and compare these two distributed algorithms in detail, explain their architecture, evaluate the tradeoffs and derive a proof, step by step.";
    private const string Tool = ""","tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"location":{"type":"string"}}}}}]""";

    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("What a lovely day.", "", "ollama", "llama2:latest")]
    [InlineData(Complex, "", "openai", "gpt-4o")]
    [InlineData("My password is hunter2! " + Complex, "", "ollama", "llama2:latest")]
    [InlineData("My password is hunter2!", Tool, "ollama", "llama2:latest")]
    [InlineData("hello", ""","model":"openai:gpt-4o" """, "openai", "gpt-4o")]
    [InlineData("hello", ""","model":"gpt-4o" """, "openai", "gpt-4o")]
    [InlineData("hello", ""","model":"llama2" """, "ollama", "llama2:latest")]
    [InlineData(Complex, ""","routing_preferences":{"force_provider":"ollama"}""", "ollama", "llama2:latest")]
    [InlineData("hello", ""","routing_preferences":{"force_provider":"OpenAI"}""", "openai", "gpt-4o")]
    public async Task Complete_AsAsked_GoesToThatModel(string text, string rest, string provider, string model)
    {
        JsonElement body = await _gateway.CompleteAsync(text, rest);
        (body.GetProperty("provider").GetString(), body.GetProperty("model").GetString()).ShouldBe((provider, model));
        WireServer other = provider == "ollama" ? _gateway.OpenAi : _gateway.Ollama;
        other.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("hello", "ollama", "openai", 429)]
    [InlineData("hello", "ollama", "openai", 500)]
    [InlineData("hello", "ollama", "openai", 503)]
    [InlineData(Complex, "openai", "ollama", 429)]
    [InlineData(Complex, "openai", "ollama", 500)]
    [InlineData(Complex, "openai", "ollama", 503)]
    public async Task Complete_FirstOfTheTwoRefuses_TheOtherAnswersOnce(string text, string first, string second, int status)
    {
        Server(first).Respond = _ => WireReply.Refuses(status);
        JsonElement body = await _gateway.CompleteAsync(text);
        body.GetProperty("provider").GetString().ShouldBe(second);
        (Server(first).Requests.Count, Server(second).Requests.Count).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("hello", "ollama", "openai")]
    [InlineData(Complex, "openai", "ollama")]
    public async Task Complete_FirstOfTheTwoIsGone_TheOtherAnswers(string text, string first, string second)
    {
        (await _gateway.CompleteAsync(text)).GetProperty("provider").GetString().ShouldBe(first);
        await Server(first).DisposeAsync();
        (await _gateway.CompleteAsync(text)).GetProperty("provider").GetString().ShouldBe(second);
    }

    [Theory]
    [InlineData("ollama:llama2")]
    [InlineData("openai:gpt-4o")]
    [InlineData("auto")]
    public async Task Complete_WhoeverAnswers_HasTheSameFields(string model)
    {
        JsonElement body = await _gateway.CompleteAsync("What is 2+2?", $",\"model\":\"{model}\"");
        body.GetProperty("id").GetString().ShouldNotBeNullOrEmpty();
        body.GetProperty("object").GetString().ShouldBe("chat.completion");
        body.GetProperty("created").GetInt64().ShouldBeGreaterThan(0);
        body.GetProperty("message").GetProperty("role").GetString().ShouldBe("assistant");
        body.GetProperty("message").GetProperty("content").GetString().ShouldBe(body.GetProperty("provider").GetString() == "ollama" ? "From Ollama." : "From OpenAI.");
        JsonElement usage = body.GetProperty("usage");
        (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32()).ShouldBe((11, 7, 18));
    }

    [Fact]
    public async Task Complete_ForcedProviderContradictsTheModel_IsRefusedAndNamesTheField()
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: ""","model":"ollama:llama2","routing_preferences":{"force_provider":"openai"}"""));
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.BadRequest, "parameter_not_supported");
        error.GetProperty("param").GetString().ShouldBe("routing_preferences.force_provider");
        error.GetProperty("message").GetString()!.ShouldContain("another provider");
        (_gateway.Ollama.Requests.Count + _gateway.OpenAi.Requests.Count).ShouldBe(0);
    }

    [Fact]
    public async Task Complete_ThirtyFiveAtATime_AllAreAnsweredByWhomTheyAskedFor()
    {
        string[] models = ["openai:gpt-4o", "ollama:llama2", "auto"];
        foreach (int[] batch in Enumerable.Range(0, 30).Chunk(5))
        {
            JsonElement[] answers = await Task.WhenAll(batch.Select(number => _gateway.CompleteAsync("What is 2+2?", $",\"model\":\"{models[number / 10]}\"")));
            foreach ((int number, JsonElement answer) in batch.Zip(answers))
                answer.GetProperty("provider").GetString().ShouldBe(number / 10 == 0 ? "openai" : "ollama");
        }
    }

    private WireServer Server(string provider) => provider == "ollama" ? _gateway.Ollama : _gateway.OpenAi;
}
