using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Usage;
using HybridAgents.Orchestrations.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HybridAgents.Api.Tests.Runs;

public sealed class StartRunTests : IAsyncLifetime
{
    private const string Body = """{"messages":[{"role":"user","content":"hi"}]}""";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Start_Accepted_SaysWhereToLook()
    {
        using HttpResponseMessage answer = await SendAsync(null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        answer.Headers.Location!.ToString().ShouldBe($"/api/v1/agents/status/{Views.RunId}");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        answer.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        JsonElement run = await answer.JsonAsync();
        run.EnumerateObject().Select(static property => property.Name).ShouldBe(
            ["run_id", "status", "created_at", "estimated_completion_time", "polling_url", "cancel_url", "events_url"]);
        run.GetProperty("status").GetString().ShouldBe("queued");
        run.GetProperty("estimated_completion_time").GetInt64().ShouldBeGreaterThan(run.GetProperty("created_at").GetInt64());
        run.GetProperty("cancel_url").GetString().ShouldBe($"/api/v1/agents/cancel/{Views.RunId}");
        run.GetProperty("events_url").GetString().ShouldBe($"/api/v1/agents/runs/{Views.RunId}/events");
        _host.Runs.Idempotency.ShouldBeNull();
        _host.Runs.Caller!.Tenant.ShouldBe("default");
    }

    [Fact]
    public async Task Start_WithIdempotencyKey_HandsOnKeyRouteAndHashOfTheRawBody()
    {
        using HttpResponseMessage answer = await SendAsync("my-key");
        _host.Runs.Idempotency.ShouldBe(new IdempotencyToken("my-key", "POST /api/v1/agents/run", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body)))));
    }

    [Fact]
    public async Task Start_Repeated_SaysSo()
    {
        _host.Runs.StartOutcome = RunStartOutcome.Replayed;
        using HttpResponseMessage answer = await SendAsync("my-key");
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        answer.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
    }

    [Fact]
    public async Task Start_KeyOfAnotherBody_IsUnprocessable()
    {
        _host.Runs.StartOutcome = RunStartOutcome.KeyReused;
        using HttpResponseMessage answer = await SendAsync("my-key");
        await answer.ErrorAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [Fact]
    public async Task Start_NoTemperatureNamed_TakesTheConfiguredOne()
    {
        RunOptions options = _host.Services.GetRequiredService<IOptionsMonitor<RunOptions>>().CurrentValue;
        (options.Temperature, options.MaxTokens) = (0.2, 512);
        using HttpResponseMessage answer = await SendAsync(null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        _host.Runs.Request!.Agent.Temperature.ShouldBe(0.2);
        _host.Runs.Request.Agent.MaxTokens.ShouldBe(512);
    }

    [Fact]
    public async Task Start_NothingLeftOfTheBudget_IsRefusedAndSaysWhose()
    {
        _host.Runs.StartOutcome = RunStartOutcome.BudgetExhausted;
        _host.Runs.Exhausted = BudgetAccount.OfAgent("default", "writer", new(1, null));
        using HttpResponseMessage answer = await SendAsync("my-key");
        JsonElement details = (await answer.ErrorAsync(HttpStatusCode.TooManyRequests, "budget_exceeded")).GetProperty("details");
        details.GetProperty("budget").GetString().ShouldBe("agent");
        details.GetProperty("agent_id").GetString().ShouldBe("writer");
    }

    [Fact]
    public async Task Start_KeyInUseRightNow_IsAConflictWorthRetrying()
    {
        _host.Runs.StartOutcome = RunStartOutcome.InProgress;
        using HttpResponseMessage answer = await SendAsync("my-key");
        await answer.ErrorAsync(HttpStatusCode.Conflict, "idempotency_in_progress");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("has space")]
    [InlineData("long")]
    public async Task Start_UnusableIdempotencyKey_IsRefused(string key)
    {
        using HttpResponseMessage answer = await SendAsync(key == "long" ? new string('k', 256) : key);
        (await answer.FaultsAsync()).ShouldContainKey("header.Idempotency-Key");
        _host.Runs.Request.ShouldBeNull();
    }

    private async Task<HttpResponseMessage> SendAsync(string? key)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/agents/run") { Content = ApiHost.Json(Body) };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await _host.User.SendAsync(request);
    }
}
