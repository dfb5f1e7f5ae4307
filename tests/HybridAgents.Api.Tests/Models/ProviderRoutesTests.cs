using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Chat;
using HybridAgents.Api.Tests.Support;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Api.Tests.Models;

/// <summary>Providers that are changed while the host runs.</summary>
public sealed class ProviderRoutesTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync(settings: new Dictionary<string, string?> { ["Secrets:second"] = "sk-second-secret", ["Auth:SomeTOKEN"] = "sk-host" });

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Put_NewName_IsAskedFromTheNextCallOn()
    {
        await using OpenAiWireServer second = await OpenAiWireServer.StartAsync();
        second.Respond = static _ => WireReply.Says("From the second.");
        using HttpResponseMessage put = await PutAsync("Second", $$"""{"kind":"openai","endpoint":"{{second.Endpoint}}","api_key_ref":"Secrets:second","model":"gpt-4o"}""");

        put.StatusCode.ShouldBe(HttpStatusCode.Created);
        JsonElement view = await put.JsonAsync();
        (view.GetProperty("name").GetString(), view.GetProperty("kind").GetString(), view.GetProperty("locality").GetString()).ShouldBe(("second", "openai", "cloud"));
        (view.GetProperty("has_api_key").GetBoolean(), view.GetProperty("version").GetInt32()).ShouldBe((true, 1));
        view.GetRawText().ShouldNotContain("sk-second-secret");
        JsonElement answer = await _gateway.CompleteAsync(rest: ""","model":"second:gpt-4o" """);
        answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("From the second.");
        second.Requests[0].Headers["Authorization"].ShouldBe("Bearer sk-second-secret");
    }

    [Theory]
    [InlineData("offline", "local")]
    [InlineData("ollama", "local")]
    [InlineData("openai", "cloud")]
    public async Task Get_SaysWhereItsModelsRun(string name, string locality) =>
        (await (await _gateway.Host.Admin.GetAsync($"/api/v1/providers/{name}")).JsonAsync()).GetProperty("locality").GetString().ShouldBe(locality);

    [Fact]
    public async Task Put_ProviderMovesDuringACall_TheCallEndsOnTheOldOne()
    {
        TaskCompletionSource gate = new();
        await using OpenAiWireServer moved = await OpenAiWireServer.StartAsync();
        moved.Respond = static _ => WireReply.Says("From the new place.");
        _gateway.OpenAi.Enqueue(WireReply.Says("From ", "the old place.").AfterSignal(gate.Task));
        Task<JsonElement> before = _gateway.CompleteAsync(rest: ""","model":"openai:gpt-4o" """);
        await _gateway.OpenAi.NextRequestAsync();
        using HttpResponseMessage put = await PutAsync("openai", $$"""{"endpoint":"{{moved.Endpoint}}"}""");
        JsonElement after = await _gateway.CompleteAsync(rest: ""","model":"openai:gpt-4o" """);
        gate.SetResult();

        Text(await before).ShouldBe("From the old place.");
        Text(after).ShouldBe("From the new place.");
        moved.Requests[0].Headers["Authorization"].ShouldNotContain("sk-wire", customMessage: "A key goes only where it was configured for.");
    }

    [Fact]
    public async Task Put_Disabled_IsNoCandidateUntilDeleted()
    {
        using HttpResponseMessage put = await PutAsync("openai", """{"enabled":false}""");
        (await put.JsonAsync()).GetProperty("active").GetBoolean().ShouldBeFalse();
        (await ModelsAsync()).ShouldNotContain("openai:gpt-4o");
        (await _gateway.PostAsync(Gateway.Body(rest: ""","model":"openai:gpt-4o" """))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await _gateway.Host.Admin.DeleteAsync("/api/v1/providers/OpenAI")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ModelsAsync()).ShouldContain("openai:gpt-4o");
        using HttpResponseMessage again = await _gateway.Host.Admin.DeleteAsync("/api/v1/providers/openai");
        await again.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("openai", """{"endpoint":"ftp://x"}""", "endpoint")]
    [InlineData("openai", """{"endpoint":"https://a:b@x/"}""", "endpoint")]
    [InlineData("openai", """{"kind":"anthropic"}""", "kind")]
    [InlineData("mine", """{"kind":"nobody"}""", "kind")]
    [InlineData("mine", "{}", "kind")]
    [InlineData("my name", """{"kind":"openai"}""", "name")]
    [InlineData("openai", """{"api_key":"sk-x"}""", "api_key")]
    [InlineData("openai", """{"api_key_ref":"ConnectionStrings:Main"}""", "api_key_ref")]
    [InlineData("openai", """{"api_key_ref":"Auth:SomeTOKEN"}""", "api_key_ref")]
    [InlineData("openai", """{"api_key_ref":"Secrets:nothing"}""", "api_key_ref")]
    [InlineData("openai", """{"weight":101}""", "weight")]
    [InlineData("azure", "{}", "endpoint")]
    public async Task Put_BadField_IsNamedAndNothingIsStored(string name, string body, string field)
    {
        using HttpResponseMessage answer = await PutAsync(name, body);
        (await answer.FaultsAsync()).Keys.ShouldBe([field]);
        using HttpResponseMessage delete = await _gateway.Host.Admin.DeleteAsync($"/api/v1/providers/{name}");
        delete.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Test_WithBody_StoresNothing()
    {
        await using OpenAiWireServer second = await OpenAiWireServer.StartAsync();
        using HttpResponseMessage tried = await _gateway.Host.Admin.PostAsync(
            "/api/v1/providers/second/test", ApiHost.Json($$"""{"kind":"openai","endpoint":"{{second.Endpoint}}","api_key_ref":"Secrets:second"}"""));
        JsonElement view = await tried.JsonAsync();
        view.GetProperty("connected").GetBoolean().ShouldBeTrue();
        view.GetProperty("models")[0].GetString().ShouldBe("gpt-4o");

        (await _gateway.Host.Admin.GetAsync("/api/v1/providers/second")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using HttpResponseMessage asItIs = await _gateway.Host.Admin.PostAsync("/api/v1/providers/openai/test", null);
        (await asItIs.JsonAsync()).GetProperty("connected").GetBoolean().ShouldBeTrue();
        using HttpResponseMessage unknown = await _gateway.Host.Admin.PostAsync("/api/v1/providers/second/test", null);
        await unknown.ErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Routes_OtherThanReading_NeedAnAdministrator()
    {
        HttpClient user = _gateway.Host.User;
        (await user.PutAsync("/api/v1/providers/openai", ApiHost.Json("{}"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await user.DeleteAsync("/api/v1/providers/openai")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await user.PostAsync("/api/v1/providers/openai/test", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        JsonElement list = await (await user.GetAsync("/api/v1/providers")).JsonAsync();
        list.GetProperty("providers").EnumerateArray().Select(static provider => provider.GetProperty("name").GetString()).ShouldBe(["ollama", "openai", "offline"]);
        list.GetRawText().ShouldNotContain("sk-wire");
    }

    private Task<HttpResponseMessage> PutAsync(string name, string body) => _gateway.Host.Admin.PutAsync($"/api/v1/providers/{Uri.EscapeDataString(name)}", ApiHost.Json(body));

    private async Task<IReadOnlyList<string?>> ModelsAsync() =>
        [.. (await (await _gateway.Host.User.GetAsync("/api/v1/models")).JsonAsync()).GetProperty("models").EnumerateArray().Select(static model => model.GetProperty("id").GetString())];

    private static string? Text(JsonElement completion) => completion.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
}
