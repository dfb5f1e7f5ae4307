using System.Net;
using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HybridAgents.Local.Tests;

/// <summary>Runs that wait for people and clients, over real HTTP and the real engine.</summary>
public sealed class WaitingRunTests
{
    private const string ClientTool = """{"type":"function","function":{"name":"ask_user","parameters":{"type":"object","properties":{"q":{"type":"string"}}}}}""";

    [Fact]
    public async Task ToolOutputs_Posted_LetTheRunGoOn()
    {
        await using WiredHost host = await WiredHost.StartAsync();
        host.Model.Enqueue(WireReply.Calls("ask_user", """{"q":"Colour?"}"""), WireReply.Says("Blue it is."));
        string id = await host.Client.StartAsync(RunClient.Body("Go", $$""","agent_config":{"tools":[{{ClientTool}}]}"""));
        JsonElement waiting = await host.Client.WaitAsync(id, "requires_action");
        JsonElement action = waiting.GetProperty("required_action");
        action.GetProperty("type").GetString().ShouldBe("tool_outputs");
        JsonElement call = action.GetProperty("calls")[0];
        (call.GetProperty("tool").GetString(), call.GetProperty("arguments").GetRawText()).ShouldBe(("ask_user", """{"q":"Colour?"}"""));
        waiting.GetProperty("progress").GetProperty("activity").GetString().ShouldBe("waiting");

        string path = $"/api/v1/agents/runs/{id}/tool_outputs", callId = call.GetProperty("call_id").GetString()!;
        (await StatusOfAsync(host, path, $$"""{"outputs":[{"call_id":"{{callId}}","output":"blue"}]}""")).ShouldBe(HttpStatusCode.OK);
        JsonElement done = await host.Client.WaitAsync(id, "completed");
        done.GetProperty("result").GetProperty("message").GetProperty("content").GetString().ShouldBe("Blue it is.");
        done.GetProperty("required_action").ValueKind.ShouldBe(JsonValueKind.Null);
        host.Model.Requests[1].Json.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString().ShouldBe("blue");
        (await StatusOfAsync(host, path, $$"""{"outputs":[{"call_id":"{{callId}}","output":"blue"}]}""")).ShouldBe(HttpStatusCode.OK);
        (await StatusOfAsync(host, path, $$"""{"outputs":[{"call_id":"{{callId}}","output":"red"}]}""")).ShouldBe(HttpStatusCode.Conflict);
        (await StatusOfAsync(host, path, """{"outputs":[{"call_id":"nonsense","output":"red"}]}""")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Status_SeveralCalls_RequiresActionOnlyWhenNothingElseCanRun()
    {
        SlowTool slow = new("slow"), asked = new("asked");
        await using WiredHost host = await WiredHost.StartAsync(tools: [slow, asked]);
        host.Model.Enqueue(WireReply.Calls(new WireCall("slow", "{}"), new WireCall("asked", "{}"), new WireCall("asked", """{"n":2}"""), new WireCall("ask_user", "{}")), WireReply.Says("Done."));
        string id = await host.Client.StartAsync(
            RunClient.Body("Go", $$""","agent_config":{"tools":["slow","asked",{{ClientTool}}]},"approval":{"tools":["asked"]}"""));
        await slow.Called;
        JsonElement busy = await host.Client.GetAsync($"/api/v1/agents/status/{id}");
        busy.GetProperty("status").GetString().ShouldBe("in_progress");
        busy.GetProperty("required_action").ValueKind.ShouldBe(JsonValueKind.Null);
        busy.GetProperty("progress").GetProperty("activity").GetString().ShouldBe("running_tools");
        busy.GetProperty("progress").GetProperty("tools_running").EnumerateArray().Select(static tool => tool.GetString()).ShouldBe(["slow"]);

        slow.Answer();
        JsonElement waiting = await host.Client.WaitAsync(id, "requires_action");
        JsonElement[] calls = [.. waiting.GetProperty("required_action").GetProperty("calls").EnumerateArray()];
        calls.Select(static call => call.GetProperty("tool").GetString()).ShouldBe(["asked", "asked"]); // One kind at a time.
        calls[0].GetProperty("expires_at").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow);
        waiting.GetProperty("progress").GetProperty("tools_running").GetArrayLength().ShouldBe(0);

        await ApproveAsync(host, id, calls[0]);
        await asked.Called;
        JsonElement half = await host.Client.GetAsync($"/api/v1/agents/status/{id}");
        half.GetProperty("status").GetString().ShouldBe("in_progress");
        half.GetProperty("progress").GetProperty("activity").GetString().ShouldBe("running_tools");
        half.GetProperty("progress").GetProperty("tools_running")[0].GetString().ShouldBe("asked");
        JsonElement[] steps = [.. (await host.Client.GetAsync($"/api/v1/agents/runs/{id}/history")).GetProperty("steps").EnumerateArray()];
        steps.Select(static step => (step.GetProperty("step").GetString(), step.GetProperty("outcome").GetString()))
            .ShouldBe([("1/model/0", "ok"), ("1/tool/0", "ok"), ("1/tool/1", "running"), ("1/tool/2", "waiting"), ("1/tool/3", "waiting")]);

        asked.Answer();
        await ApproveAsync(host, id, (await host.Client.WaitAsync(id, "requires_action")).GetProperty("required_action").GetProperty("calls")[0]);
        JsonElement last = await WaitForTypeAsync(host, id, "tool_outputs");
        await StatusOfAsync(host, $"/api/v1/agents/runs/{id}/tool_outputs", $$"""{"outputs":[{"call_id":"{{last.GetProperty("calls")[0].GetProperty("call_id").GetString()}}","output":"x"}]}""");
        (await host.Client.WaitAsync(id, "completed", "failed")).GetProperty("status").GetString().ShouldBe("completed");
    }

    [Theory]
    [InlineData("""{"decision":"done","output":"It was sent."}""", "It was sent.", 1)]
    [InlineData("""{"decision":"fail"}""", "A person reviewed this call: it failed.", 1)]
    [InlineData("""{"decision":"retry"}""", "send done", 2)]
    public async Task Review_OfACallCutOff_IsSettledByAPerson(string decision, string told, int executions)
    {
        SlowTool send = new("send", ToolEffect.AtMostOnce);
        await using WiredHost host = await WiredHost.StartAsync(tools: send);
        host.Model.Enqueue(WireReply.Calls("send", "{}"), WireReply.Says("Done."));
        string id = await host.Client.StartAsync(RunClient.Body("Go", ""","agent_config":{"tools":["send"]}"""));
        await send.Called;
        // Later than the lease of the call that was cut off.
        await host.CutOffAsync(send.Answer, builder =>
        {
            builder.Services.AddSingleton<ITool>(send);
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new LaterTimeProvider(TimeSpan.FromMinutes(1))));
        });
        JsonElement action = (await host.Client.WaitAsync(id, "requires_action")).GetProperty("required_action");
        action.GetProperty("type").GetString().ShouldBe("review");
        send.Calls.ShouldBe(1);

        string path = $"/api/v1/agents/runs/{id}/reviews/{action.GetProperty("calls")[0].GetProperty("call_id").GetString()}";
        (await StatusOfAsync(host, path, decision)).ShouldBe(HttpStatusCode.OK);
        (await host.Client.WaitAsync(id, "completed", "failed")).GetProperty("status").GetString().ShouldBe("completed");
        send.Calls.ShouldBe(executions);
        host.Model.Requests[1].Json.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString().ShouldBe(told);
        (await StatusOfAsync(host, path, decision)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Suspend_DuringACall_HoldsTheRunUntilItIsResumed()
    {
        TaskCompletionSource gate = new();
        await using WiredHost host = await WiredHost.StartAsync();
        host.Model.Enqueue(WireReply.Says("Done.").AfterSignal(gate.Task));
        string id = await host.Client.StartAsync(RunClient.Body("Go"));
        await host.Model.NextRequestAsync();
        string run = $"/api/v1/agents/runs/{id}";
        (await StatusOfAsync(host, $"{run}/resume", "")).ShouldBe(HttpStatusCode.Conflict);
        (await StatusOfAsync(host, $"{run}/suspend", "")).ShouldBe(HttpStatusCode.OK);
        (await StatusOfAsync(host, $"{run}/suspend", "")).ShouldBe(HttpStatusCode.Conflict);
        gate.SetResult();
        await foreach (string line in host.Client.LinesAsync(id))
        {
            if (line == "event: message.completed")
                break;
        }

        (await host.Client.GetAsync($"/api/v1/agents/status/{id}")).GetProperty("status").GetString().ShouldBe("suspended");
        (await StatusOfAsync(host, $"{run}/resume", "")).ShouldBe(HttpStatusCode.OK);
        (await host.Client.WaitAsync(id, "completed", "failed")).GetProperty("status").GetString().ShouldBe("completed");
        (await host.Client.EventsAsync(id)).Select(static item => item.GetProperty("type").GetString()).Where(static type => type is "run.suspended" or "run.resumed")
            .ShouldBe(["run.suspended", "run.resumed"]);
        (await StatusOfAsync(host, $"{run}/suspend", "")).ShouldBe(HttpStatusCode.Conflict);
    }

    private static async Task<JsonElement> WaitForTypeAsync(WiredHost host, string id, string type)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            JsonElement action = (await host.Client.WaitAsync(id, "requires_action")).GetProperty("required_action");
            if (action.GetProperty("type").GetString() == type)
                return action;
        }

        throw new TimeoutException($"The run did not ask for {type}.");
    }

    private static async Task ApproveAsync(WiredHost host, string id, JsonElement call) => (await StatusOfAsync(
        host, $"/api/v1/agents/runs/{id}/approvals/{call.GetProperty("call_id").GetString()}", """{"decision":"approve"}""")).ShouldBe(HttpStatusCode.OK);

    private static async Task<HttpStatusCode> StatusOfAsync(WiredHost host, string path, string body)
    {
        using HttpResponseMessage answer = await host.Client.PostAsync(path, body);
        return answer.StatusCode;
    }
}
