using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Durable.Tables;
using HybridAgents.TestSupport.WireServers;
using Microsoft.Extensions.DependencyInjection;

namespace HybridAgents.Api.Tests.Chat;

/// <summary>What happens when a model cannot, or must not, answer.</summary>
public sealed class ChatFallbackTests : IAsyncLifetime
{
    private const string Private = "My password is hunter2!";

    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Complete_FirstModelDiesInItsAnswer_OnlyTheOthersTextIsThere()
    {
        _gateway.Ollama.Respond = static _ => WireReply.Says("Half ", "an ", "answer").CutAfter(2);
        JsonElement body = await _gateway.CompleteAsync();
        body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("From OpenAI.");
        JsonElement attempt = body.GetProperty("routing_metrics").GetProperty("attempts").EnumerateArray().ShouldHaveSingleItem();
        attempt.GetProperty("provider").GetString().ShouldBe("ollama");
        attempt.GetProperty("outcome").GetString().ShouldBe("stream_broken");
    }

    [Fact]
    public async Task Complete_AllFail_NamesTheFirstAndListsAll()
    {
        _gateway.Ollama.Respond = static _ => WireReply.Refuses(500, "the first");
        _gateway.OpenAi.Respond = static _ => WireReply.Refuses(503, "the second");
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body());
        JsonElement error = await answer.ErrorAsync(HttpStatusCode.BadGateway, "provider_error");
        answer.Headers.GetValues("x-should-retry").Single().ShouldBe("false");
        error.GetProperty("type").GetString().ShouldBe("server_error");
        JsonElement details = error.GetProperty("details");
        details.GetProperty("provider").GetString().ShouldBe("ollama");
        details.GetProperty("status_code").GetInt32().ShouldBe(500);
        details.GetProperty("original_message").GetString().ShouldBe("the first");
        details.GetProperty("attempts").EnumerateArray().Select(static attempt => attempt.GetProperty("provider").GetString()).ShouldBe(["ollama", "openai"]);
    }

    [Theory]
    [InlineData(400, HttpStatusCode.BadRequest, "request_rejected")]
    [InlineData(401, HttpStatusCode.BadGateway, "provider_error")]
    [InlineData(404, HttpStatusCode.NotFound, "model_not_found")]
    [InlineData(429, HttpStatusCode.TooManyRequests, "rate_limit_exceeded")]
    [InlineData(500, HttpStatusCode.BadGateway, "provider_error")]
    public async Task Complete_ProviderRefuses_HasAStatusThatClientsUnderstand(int refused, HttpStatusCode status, string code)
    {
        _gateway.OpenAi.Respond = _ => WireReply.Refuses(refused, "no", retryAfter: "7");
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(rest: ""","model":"openai:gpt-4o" """));
        (await answer.ErrorAsync(status, code)).GetProperty("details").GetProperty("request_id").GetString().ShouldBe("req_wire");
        if (status == HttpStatusCode.TooManyRequests)
            answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Complete_PrivateText_StaysLocal()
    {
        JsonElement body = await _gateway.CompleteAsync(Private);
        body.GetProperty("provider").GetString().ShouldBe("ollama");
        body.GetProperty("routing_metrics").GetProperty("privacy_impact").GetString().ShouldBe("high");
        _gateway.Ollama.Respond = static _ => WireReply.Refuses(500);
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(Private));
        await answer.ErrorAsync(HttpStatusCode.BadGateway, "provider_error");
        _gateway.OpenAi.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("My password is hunter2!", "")]
    [InlineData("hello", ""","routing_preferences":{"privacy_level":"local_only","allow_cloud_private":true}""")]
    [InlineData("hello", ""","response_format":{"type":"json_schema","json_schema":{"name":"f","schema":{"description":"my password: hunter2"}}}""")]
    [InlineData("hello", ""","stop":["my password: hunter2"]""")]
    public async Task Complete_PrivateTextAnywhere_NeverReachesANamedCloudModel(string text, string rest)
    {
        using HttpResponseMessage answer = await _gateway.PostAsync(Gateway.Body(text, ""","model":"openai:gpt-4o" """ + rest));
        await answer.ErrorAsync(HttpStatusCode.UnprocessableEntity, "privacy_unsatisfiable");
        _gateway.OpenAi.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Complete_PrivateTextWithConsent_MayReachTheCloud()
    {
        JsonElement body = await _gateway.CompleteAsync(Private, ""","model":"openai:gpt-4o","routing_preferences":{"allow_cloud_private":true}""");
        body.GetProperty("provider").GetString().ShouldBe("openai");
    }

    [Fact]
    public async Task Complete_AnsweredOrNot_LeavesARowWithItsUsage()
    {
        JsonElement body = await _gateway.CompleteAsync(rest: ""","model":"gpt-4o" """);
        _gateway.OpenAi.Respond = static _ => WireReply.Refuses(500);
        using HttpResponseMessage failed = await _gateway.PostAsync(Gateway.Body(rest: ""","model":"gpt-4o" """));
        await _gateway.Host.StopAsync(); // Writes what still waits, before the engine goes.
        List<TableRow> rows = await RowsAsync();
        TableRow answered = rows.Single(row => row.Get<string>("id") == body.GetProperty("id").GetString());
        answered.Get<string>("outcome").ShouldBe("ok");
        answered.Get<string>("provider").ShouldBe("openai");
        (answered.Get<int>("prompt_tokens"), answered.Get<int>("completion_tokens")).ShouldBe((11, 7));
        answered.Get<double>("cost_usd").ShouldBe((11 * 2.5 + 7 * 10) / 1_000_000, 1e-12);
        TableRow refused = rows.Single(row => row != answered);
        refused.Get<string>("outcome").ShouldBe("provider_error");
        JsonElement.Parse(refused.Get<string>("attempts")!).EnumerateArray().ShouldHaveSingleItem().GetProperty("provider").GetString().ShouldBe("openai");
    }

    private async Task<List<TableRow>> RowsAsync()
    {
        ITable table = _gateway.Host.Services.GetRequiredService<ITableStore>().GetTable("chats");
        List<TableRow> rows = [];
        await foreach (TableRow row in table.QueryAsync(TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyyMMdd")))
            rows.Add(row);
        return rows;
    }
}
