using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Tools;

public sealed class CallToolTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task CallTool_Calculator_GivesTheResultAndKeepsIt()
    {
        using HttpResponseMessage answer = await CallAsync(_host.User, """{"name":"calculate","arguments":{"expression":"17 * 23"}}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement view = await answer.JsonAsync();

        view.GetProperty("name").GetString().ShouldBe("calculator");
        view.GetProperty("result").GetString().ShouldBe("391");
        view.GetProperty("is_error").GetBoolean().ShouldBeFalse();
        view.GetProperty("cached").GetBoolean().ShouldBeFalse();
        view.GetProperty("duration_ms").ValueKind.ShouldBe(JsonValueKind.Number);
        using HttpResponseMessage later = await _host.Guest.GetAsync(view.GetProperty("polling_url").GetString());
        (await later.JsonAsync()).GetRawText().ShouldBe(view.GetRawText());
    }

    [Fact]
    public async Task CallTool_FailureOfTheTool_IsAnErrorResult()
    {
        using HttpResponseMessage answer = await CallAsync(_host.User, """{"name":"calculator","arguments":{"expression":"1 / 0"}}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.JsonAsync()).GetProperty("is_error").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task CallTool_ArgumentsThatDoNotFit_AreNamed()
    {
        using HttpResponseMessage answer = await CallAsync(_host.User, """{"name":"calculator","arguments":{"expression":7,"more":1}}""");
        Dictionary<string, string> faults = await answer.FaultsAsync();

        faults.Keys.ShouldContain("arguments.expression");
    }

    [Fact]
    public async Task CallTool_UnknownTool_Is404()
    {
        using HttpResponseMessage answer = await CallAsync(_host.User, """{"name":"no_such","arguments":{}}""");
        await answer.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task CallTool_KeyUsedForAnotherCall_Is422()
    {
        using HttpResponseMessage first = await CallAsync(_host.User, """{"name":"calculator","arguments":{"expression":"1"},"idempotency_key":"k"}""");
        using HttpResponseMessage again = await CallAsync(_host.User, """{"name":"calculator","arguments":{"expression":"1"},"idempotency_key":"k"}""");
        using HttpResponseMessage other = await CallAsync(_host.User, """{"name":"calculator","arguments":{"expression":"2"},"idempotency_key":"k"}""");

        (await again.JsonAsync()).GetRawText().ShouldBe((await first.JsonAsync()).GetRawText());
        await other.ErrorAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [Fact]
    public async Task CallTool_GuestKey_Is403()
    {
        using HttpResponseMessage answer = await CallAsync(_host.Guest, """{"name":"calculator","arguments":{"expression":"1"}}""");
        await answer.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task ReviewToolExecution_OfACallThatNeedsNone_Is404()
    {
        using HttpResponseMessage done = await CallAsync(_host.User, """{"name":"calculator","arguments":{"expression":"1"}}""");
        string path = $"/api/v1/tools/executions/{(await done.JsonAsync()).GetProperty("call_id").GetString()}/review";
        using HttpResponseMessage unneeded = await _host.User.PostAsync(path, ApiHost.Json("""{"decision":"done"}"""));
        using HttpResponseMessage wrong = await _host.User.PostAsync(path, ApiHost.Json("""{"decision":"perhaps"}"""));
        using HttpResponseMessage guest = await _host.Guest.PostAsync(path, ApiHost.Json("""{"decision":"done"}"""));

        await unneeded.ErrorAsync(HttpStatusCode.NotFound, "not_found");
        (await wrong.FaultsAsync()).Keys.ShouldBe(["decision"]);
        await guest.ErrorAsync(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData("call_00000000000000000000000000000000")]
    [InlineData("run_x")]
    public async Task GetToolExecution_Unknown_Is404(string id)
    {
        using HttpResponseMessage answer = await _host.User.GetAsync($"/api/v1/tools/executions/{id}");
        await answer.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task ListTools_Calculator_HasItsDetails()
    {
        JsonElement list = await (await _host.Guest.GetAsync("/api/v1/tools")).JsonAsync();
        JsonElement calculator = list.GetProperty("tools").EnumerateArray().Single(tool => tool.GetProperty("name").GetString() == "calculator");

        list.GetProperty("total").GetInt32().ShouldBe(list.GetProperty("tools").GetArrayLength());
        calculator.GetProperty("effect").GetString().ShouldBe("pure");
        calculator.GetProperty("required_role").GetString().ShouldBe("user");
        calculator.GetProperty("source").GetString().ShouldBe("builtin");
        calculator.GetProperty("cache_seconds").GetDouble().ShouldBe(0);
    }

    private static Task<HttpResponseMessage> CallAsync(HttpClient client, string body) => client.PostAsync("/api/v1/tools/execute", ApiHost.Json(body));
}
