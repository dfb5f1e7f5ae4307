using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Orchestrations.Runs;

namespace HybridAgents.Api.Tests.Runs;

public sealed class RepeatRunTests : IAsyncLifetime
{
    private static readonly RunRequest Source = new()
    {
        Agent = new() { Instructions = "Be brief.", Tools = ["calculator"], Temperature = 0.2, MaxTurns = 5 },
        Messages = [Message.User("17*23?"), Message.Assistant("391")],
        Routing = new() { PrivacyLevel = PrivacyLabel.Private, ForceProvider = "offline" },
        Limits = new() { TimeoutSeconds = 60, MaxTotalTokens = 1000 },
        Approval = new() { Tools = ["calculator"], FailOnReject = true },
        WebhookUrl = new("https://example.org/hook"),
        Origin = new(Views.RunId, 1),
    };

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Restart_WithoutBody_StartsTheSameRequest()
    {
        _host.Runs.Source = new(RunSourceOutcome.Found, Source);
        using HttpResponseMessage answer = await PostAsync("restart", "");
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("run_id").GetString().ShouldBe(Views.RunId);
        _host.Runs.Request.ShouldBe(Source);
        _host.Runs.ThroughTurn.ShouldBeNull();
    }

    [Fact]
    public async Task Fork_WithOverrides_ReplacesWhatIsGivenAndKeepsTheRest()
    {
        _host.Runs.Source = new(RunSourceOutcome.Found, Source);
        using HttpResponseMessage answer = await PostAsync("fork", """
            {"from_turn":1,"overrides":{"agent_config":{"temperature":1,"tools":["get_time"]},"limits":{"timeout_seconds":30},"approval":{"tools":["get_time"]},
             "routing_preferences":{"privacy_level":"standard","latency_preference":"speed"},"messages":[{"role":"user","content":"And now?"}]}}
            """);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        _host.Runs.ThroughTurn.ShouldBe(1);
        RunRequest started = _host.Runs.Request!;
        started.Messages.Select(message => message.Content).ShouldBe(["17*23?", "391", "And now?"]);
        (started.Agent.Instructions, started.Agent.Temperature, started.Agent.MaxTurns).ShouldBe(("Be brief.", 1, 5));
        started.Agent.Tools.ShouldBe(["get_time"]);
        (started.Limits.TimeoutSeconds, started.Limits.MaxTotalTokens).ShouldBe((30, 1000));
        (started.Approval.FailOnReject, started.Routing.ForceProvider).ShouldBe((true, "offline"));
        started.Routing.PrivacyLevel.ShouldBe(PrivacyLabel.Private); // A label is never lowered.
        (started.Origin, started.WebhookUrl).ShouldBe((Source.Origin, Source.WebhookUrl));
    }

    [Theory]
    [InlineData("""{"overrides":{}}""", "from_turn")]
    [InlineData("""{"from_turn":-1}""", "from_turn")]
    [InlineData("""{"from_turn":1}""", "overrides.messages")]
    [InlineData("""{"from_turn":1,"overrides":{"stream":true}}""", "overrides.stream")]
    [InlineData("""{"from_turn":1,"overrides":{"agent_config":{"tools":["nonsense"]},"messages":[{"role":"user","content":"x"}]}}""", "overrides.agent_config.tools[0]")]
    [InlineData("""{"from_turn":1,"overrides":{"webhook_url":"ftp://x","messages":[{"role":"user","content":"x"}]}}""", "overrides.webhook_url")]
    public async Task Fork_UnusableBody_IsRefusedByName(string body, string path)
    {
        _host.Runs.Source = new(RunSourceOutcome.Found, Source);
        using HttpResponseMessage answer = await PostAsync("fork", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.FaultsAsync()).ShouldContainKey(path);
    }

    [Theory]
    [InlineData(RunSourceOutcome.NoRun, HttpStatusCode.NotFound)]
    [InlineData(RunSourceOutcome.NoTurn, HttpStatusCode.BadRequest)]
    [InlineData(RunSourceOutcome.OpenTurn, HttpStatusCode.Conflict)]
    public async Task Fork_NothingToGoOnFrom_SaysWhy(RunSourceOutcome outcome, HttpStatusCode expected)
    {
        _host.Runs.Source = new(outcome);
        using HttpResponseMessage answer = await PostAsync("fork", """{"from_turn":3}""");
        answer.StatusCode.ShouldBe(expected);
        _host.Runs.Request.ShouldBeNull();
    }

    [Fact]
    public async Task Fork_WithIdempotencyKey_HasAScopeOfItsOwn()
    {
        _host.Runs.Source = new(RunSourceOutcome.Found, Source with { Messages = [Message.User("Hi")] });
        using HttpRequestMessage request = new(HttpMethod.Post, $"/api/v1/agents/runs/{Views.RunId}/fork") { Content = ApiHost.Json("""{"from_turn":0}""") };
        request.Headers.Add("Idempotency-Key", "k");
        using HttpResponseMessage answer = await _host.User.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (_host.Runs.Idempotency!.Key, _host.Runs.Idempotency.Route).ShouldBe(("k", $"POST /api/v1/agents/runs/{Views.RunId}/fork"));
    }

    [Fact]
    public async Task Restart_ByAGuest_IsForbidden()
    {
        using HttpResponseMessage answer = await _host.Guest.PostAsync($"/api/v1/agents/runs/{Views.RunId}/restart", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private Task<HttpResponseMessage> PostAsync(string action, string body) => _host.User.PostAsync($"/api/v1/agents/runs/{Views.RunId}/{action}", ApiHost.Json(body));
}
