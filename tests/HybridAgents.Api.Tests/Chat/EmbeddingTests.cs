using System.ClientModel;
using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;
using OpenAI;
using OpenAI.Embeddings;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>Vectors by <c>/v1/embeddings</c>.</summary>
public sealed class EmbeddingTests : IAsyncLifetime
{
    private const string Path = "/v1/embeddings";

    private Gateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await Gateway.StartAsync();
        _gateway.OpenAi.Models.Add("text-embedding-3-small");
        _gateway.Ollama.Models.Add(new("nomic-embed-text:latest") { Capabilities = ["embedding"] });
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("text-embedding-3-small", "openai", 9)]
    [InlineData("openai:text-embedding-3-small", "openai", 9)]
    [InlineData("nomic-embed-text", "ollama", 5)]
    [InlineData("ollama:nomic-embed-text:latest", "ollama", 5)]
    public async Task Embed_Texts_AreVectorsInOrder(string model, string provider, int tokens)
    {
        JsonElement answer = await EmbedAsync(model, """["one","three"]""");
        answer.GetProperty("object").GetString().ShouldBe("list");
        answer.GetProperty("provider").GetString().ShouldBe(provider);
        answer.GetProperty("data").EnumerateArray().Select(static item => string.Join(' ', item.GetProperty("embedding").EnumerateArray())).ShouldBe(["3 0", "5 1"]);
        answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBe(tokens);
    }

    [Fact]
    public async Task Embed_ByTheOfficialSdk_IsRead()
    {
        OpenAIClient client = new(new ApiKeyCredential(_gateway.Host.AdminKey), new() { Endpoint = new(_gateway.Host.Url, "/v1") });
        OpenAIEmbeddingCollection answer = await client.GetEmbeddingClient("nomic-embed-text").GenerateEmbeddingsAsync(["four", "x"]);
        answer.Select(static vector => vector.ToFloats().ToArray()).ShouldBe([[4, 0], [1, 1]]);
        answer.Usage.InputTokenCount.ShouldBe(5);
        _gateway.Ollama.Embedded.ShouldHaveSingleItem().GetProperty("truncate").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Embed_PrivateText_GoesToLocalModelsOnly()
    {
        using HttpResponseMessage cloud = await PostAsync("text-embedding-3-small", "\"my password is hunter2\"");
        await cloud.ErrorAsync(HttpStatusCode.UnprocessableEntity, "privacy_unsatisfiable");
        (await EmbedAsync("nomic-embed-text", "\"my password is hunter2\"")).GetProperty("provider").GetString().ShouldBe("ollama");
        _gateway.OpenAi.Embedded.ShouldBeEmpty();
    }

    [Fact]
    public async Task Embed_SameNameAtBoth_PrivateTextStaysHomeAndFailuresDoNotCross()
    {
        _gateway.OpenAi.Models.Add("nomic-embed-text");
        (await EmbedAsync("nomic-embed-text", "\"my password is hunter2\"")).GetProperty("provider").GetString().ShouldBe("ollama");
        _gateway.OpenAi.Embedded.ShouldBeEmpty();
    }

    [Fact]
    public async Task Embed_ProviderFails_SaysWhy()
    {
        _gateway.OpenAi.RespondVectors = static _ => WireReply.Refuses(503);
        using HttpResponseMessage answer = await PostAsync("text-embedding-3-small", "\"hello\"");
        (await answer.ErrorAsync(HttpStatusCode.BadGateway, "provider_error")).GetProperty("details").GetProperty("provider").GetString().ShouldBe("openai");
    }

    [Fact]
    public async Task Embed_BudgetOfTheKeyIsSpent_IsRefusedAndNothingIsSent()
    {
        using HttpResponseMessage made = await _gateway.Host.Admin.PostAsync("/api/v1/keys", ApiHost.Json("""{"name":"small","role":"USER","budget":{"max_total_tokens":12,"window":"total"}}"""));
        using HttpClient client = _gateway.Host.Client((await made.JsonAsync()).GetProperty("key").GetString());
        foreach (string text in (string[])["one", "two"]) // The provider counts nine for each.
        {
            using HttpResponseMessage paid = await client.PostAsync(Path, Body("text-embedding-3-small", $"\"{text}\""));
            paid.StatusCode.ShouldBe(HttpStatusCode.OK, await paid.Content.ReadAsStringAsync());
        }

        using HttpResponseMessage refused = await client.PostAsync(Path, Body("text-embedding-3-small", "\"three\""));

        await refused.ErrorAsync(HttpStatusCode.TooManyRequests, "budget_exceeded");
        _gateway.OpenAi.Embedded.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Embed_UnknownModel_Is404()
    {
        using HttpResponseMessage answer = await PostAsync("nothing-embed", "\"hello\"");
        await answer.ErrorAsync(HttpStatusCode.NotFound, "model_not_found");
    }

    [Theory]
    [InlineData("[]", "input")]
    [InlineData("[1,2]", "input[0]")]
    [InlineData("\"\"", "input")]
    public async Task Embed_BadInput_IsNamed(string input, string field)
    {
        using HttpResponseMessage answer = await PostAsync("nomic-embed-text", input);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).GetProperty("error").GetProperty("param").GetString().ShouldBe(field);
    }

    private Task<HttpResponseMessage> PostAsync(string model, string input) => _gateway.Host.User.PostAsync(Path, Body(model, input));

    private static StringContent Body(string model, string input) => ApiHost.Json($$"""{"model":"{{model}}","input":{{input}} }""");

    private async Task<JsonElement> EmbedAsync(string model, string input)
    {
        using HttpResponseMessage answer = await PostAsync(model, input);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }
}
