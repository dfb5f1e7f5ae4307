using System.Net;
using System.Text.Json;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;

namespace HybridAgents.Local.Tests;

/// <summary>Every way in which a run fails for a reason of its own, over real HTTP: the documented code is in the status, in the last event and in the result.</summary>
public sealed class FailedRunTests
{
    [Fact]
    public Task RunTimeout_TheModelTakesTooLong() => FailsAsync(
        "run_timeout", ""","limits":{"timeout_seconds":1}""", host => host.Model.Enqueue(WireReply.Says("never").AfterSignal(new TaskCompletionSource().Task)));

    [Fact]
    public Task MaxTurnsExceeded_TheModelOnlyAsksForTools() => FailsAsync(
        "max_turns_exceeded",
        ""","agent_config":{"tools":["calculator"],"max_turns":2}""",
        host => host.Model.Respond = static _ => WireReply.Calls("calculator", """{"expression":"1+1"}"""));

    [Fact]
    public Task ContextLengthExceeded_TheProviderRefusesThePrompt() => FailsAsync(
        "context_length_exceeded", "", host => host.Model.Respond = static _ => WireReply.Refuses(400, "This model's maximum context length is 10 tokens."));

    [Fact]
    public Task ProviderError_TheProviderRefusesTheKey() => FailsAsync("provider_error", "", host => host.Model.Respond = static _ => WireReply.Refuses(401, "bad key"));

    [Fact]
    public Task BudgetExceeded_TheRunMayUseTooFewTokens() => FailsAsync(
        "budget_exceeded", ""","limits":{"max_total_tokens":1}""", host => host.Model.Respond = static _ => WireReply.Says("never"));

    [Fact]
    public Task PrivacyUnsatisfiable_OnlyTheCloudIsThere() => FailsAsync(
        "privacy_unsatisfiable", ""","routing_preferences":{"privacy_level":"local_only"}""", host => host.Model.Respond = static _ => WireReply.Says("never"), calls: 0);

    [Fact]
    public async Task ApprovalRejected_TheRunSaysFail()
    {
        await using WiredHost host = await WiredHost.StartAsync();
        host.Model.Enqueue(WireReply.Calls("calculator", """{"expression":"1+1"}"""));
        string id = await host.Client.StartAsync(RunClient.Body("Go", ""","agent_config":{"tools":["calculator"]},"approval":{"tools":["calculator"],"on_reject":"fail"}"""));
        JsonElement call = (await host.Client.WaitAsync(id, "requires_action")).GetProperty("required_action").GetProperty("calls")[0];
        using HttpResponseMessage answer = await host.Client.PostAsync(
            $"/api/v1/agents/runs/{id}/approvals/{call.GetProperty("call_id").GetString()}", """{"decision":"reject"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);

        await VerifyAsync(host, id, "approval_rejected");
    }

    [Fact]
    public async Task Full_NewRunsAreTurnedAwayAndAcceptedOnesEnd()
    {
        TaskCompletionSource gate = new();
        await using WiredHost host = await WiredHost.StartAsync(["--Runs:MaxConcurrent", "1", "--Runs:MaxQueued", "1"]);
        host.Model.Respond = _ => WireReply.Says("Done.").AfterSignal(gate.Task);
        List<string> accepted = [];
        while (accepted.Count < 100)
        {
            using HttpResponseMessage answer = await host.Client.PostAsync("/api/v1/agents/run", RunClient.Body("Go"));
            JsonElement body = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
            if (answer.StatusCode == HttpStatusCode.Accepted)
            {
                accepted.Add(body.GetProperty("run_id").GetString()!);
                continue;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldNotBeNull();
            body.GetProperty("error").GetProperty("code").GetString().ShouldBe("unavailable");
            break;
        }

        accepted.Count.ShouldBeInRange(1, 99);
        gate.SetResult();
        foreach (string id in accepted)
            await host.Client.WaitAsync(id, "completed");
        host.Model.Requests.Count.ShouldBe(accepted.Count);
    }

    private static async Task FailsAsync(string code, string rest, Action<WiredHost> prepare, int? calls = null)
    {
        await using WiredHost host = await WiredHost.StartAsync();
        prepare(host);
        string id = await host.Client.StartAsync(RunClient.Body("Go", rest));

        await VerifyAsync(host, id, code);
        if (calls is { } expected)
            host.Model.Requests.Count.ShouldBe(expected);
    }

    private static async Task VerifyAsync(WiredHost host, string id, string code)
    {
        JsonElement run = await host.Client.WaitAsync(id, "failed");
        JsonElement error = run.GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe(code);
        error.GetProperty("message").GetString().ShouldNotBeNullOrWhiteSpace();
        JsonElement last = (await host.Client.EventsAsync(id))[^1];
        (last.GetProperty("type").GetString(), last.GetProperty("error").GetProperty("code").GetString()).ShouldBe(("run.failed", code));
    }
}
