using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Chat;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Api.Tests.Knowledge;

/// <summary>Search by words and meaning, over HTTP, with models behind real sockets.</summary>
public sealed class HybridSearchTests
{
    private const string Documents = "/api/v1/knowledge/documents";

    private static readonly string[] Vehicles = ["car", "automobile", "engine"];
    private static readonly string[] Fruit = ["banana", "mango"];

    [Fact]
    public async Task Search_Synonym_IsFoundByItsMeaningOnly()
    {
        await using Gateway gateway = await StartAsync("ollama:nomic-embed-text");
        string automobile = await AddAsync(gateway, "The automobile wants oil.");
        await AddAsync(gateway, "A mango is ripe in June.");
        await UntilEmbeddedAsync(gateway, 2);

        JsonElement hit = (await SearchAsync(gateway, "car")).Single();
        hit.GetProperty("id").GetString().ShouldBe(automobile);
        hit.GetProperty("similarity").GetDouble().ShouldBe(1, tolerance: 0.01);
        hit.TryGetProperty("word_score", out JsonElement words).ShouldBe(words.ValueKind == JsonValueKind.Null);
        hit.GetProperty("score").GetDouble().ShouldBe(1 / 61.0, tolerance: 1e-6);
    }

    [Fact]
    public async Task Search_WordsAndMeaning_CountTogether()
    {
        await using Gateway gateway = await StartAsync("ollama:nomic-embed-text");
        await AddAsync(gateway, "Winter: the mango is imported.");
        await AddAsync(gateway, "An engine is cold.");
        string both = await AddAsync(gateway, "In winter an automobile starts badly.");
        await UntilEmbeddedAsync(gateway, 3);

        JsonElement first = (await SearchAsync(gateway, "car in winter"))[0];
        first.GetProperty("id").GetString().ShouldBe(both);
        first.GetProperty("word_score").GetDouble().ShouldBeGreaterThan(0);
        first.GetProperty("similarity").GetDouble().ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task Upload_ModelDoesNotAnswer_IsFoundByWordsAtOnceAndByMeaningLater()
    {
        await using Gateway gateway = await StartAsync("ollama:nomic-embed-text");
        gateway.Ollama.RespondVectors = static _ => WireReply.Refuses(500, "no vectors");
        string automobile = await AddAsync(gateway, "The automobile wants oil.");
        (await SearchAsync(gateway, "oil")).Single().GetProperty("id").GetString().ShouldBe(automobile);
        await TestWait.UntilAsync(() => gateway.Ollama.Embedded.Any(static request => request.GetRawText().Contains("automobile", StringComparison.Ordinal)));
        (await gateway.Host.User.GetAsync($"{Documents}/{automobile}")).StatusCode.ShouldBe(HttpStatusCode.OK);

        gateway.Ollama.RespondVectors = static _ => WireReply.Says();
        await AddAsync(gateway, "A mango is ripe in June.");
        await UntilEmbeddedAsync(gateway, 2);
        using HttpResponseMessage answer = await gateway.Host.User.GetAsync($"{Documents}/{automobile}");
        JsonElement document = await answer.JsonAsync();
        (document.GetProperty("embedding_model").GetString(), document.GetProperty("dimensions").GetInt32()).ShouldBe(("ollama:nomic-embed-text", 3));
    }

    [Fact]
    public async Task Upload_PrivateText_IsNotSentToTheCloud()
    {
        await using Gateway gateway = await StartAsync("openai:text-embedding-3-small");
        await AddAsync(gateway, "A mango ripens in June.");
        await AddAsync(gateway, "The automobile is mine.", "private");
        await AddAsync(gateway, "My password is hunter2, said the banana.");
        await UntilEmbeddedAsync(gateway, 3);

        (await SearchAsync(gateway, "my password is hunter2")).Count.ShouldBe(2);
        string sent = string.Concat(gateway.OpenAi.Embedded.Select(static request => request.GetRawText()));
        sent.ShouldContain("mango");
        sent.ShouldNotContain("automobile");
        sent.ShouldNotContain("hunter2");
    }

    private static async Task<Gateway> StartAsync(string model)
    {
        Gateway gateway = await Gateway.StartAsync(settings: new Dictionary<string, string?> { ["Knowledge:EmbeddingModel"] = model });
        gateway.OpenAi.Models.Add("text-embedding-3-small");
        gateway.Ollama.Models.Add(new("nomic-embed-text:latest") { Capabilities = ["embedding"] });
        gateway.Ollama.Embeds = static (text, _) => [Count(text, Vehicles), Count(text, Fruit), 0];
        return gateway;
    }

    private static int Count(string text, string[] words) => words.Count(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static async Task<string> AddAsync(Gateway gateway, string content, string level = "standard")
    {
        using HttpResponseMessage answer = await gateway.Host.User.PostAsync(Documents, ApiHost.Json(JsonSerializer.Serialize(new { content, privacy_level = level })));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (await answer.JsonAsync()).GetProperty("id").GetString()!;
    }

    private static async Task<List<JsonElement>> SearchAsync(Gateway gateway, string query)
    {
        using HttpResponseMessage answer = await gateway.Host.Guest.GetAsync($"/api/v1/knowledge/search?q={Uri.EscapeDataString(query)}");
        return [.. (await answer.JsonAsync()).GetProperty("results").EnumerateArray()];
    }

    /// <summary>Waits until that many documents say that they have vectors.</summary>
    private static async Task UntilEmbeddedAsync(Gateway gateway, int count)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using HttpResponseMessage answer = await gateway.Host.Guest.GetAsync(Documents);
            if ((await answer.JsonAsync()).GetProperty("documents").EnumerateArray().Count(static document => document.TryGetProperty("embedding_model", out JsonElement model) && model.ValueKind == JsonValueKind.String) == count)
                return;
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        }
    }
}
