using System.Net;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using HybridAgents.Core.Runs;

namespace HybridAgents.Api.Tests.Requests;

public sealed class RunRequestTests : IAsyncLifetime
{
    private const string Run = "/api/v1/agents/run";
    private const string Hello = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("{}", "messages", "required")]
    [InlineData("""{"messages":null}""", "messages", "array")]
    [InlineData("""{"messages":[]}""", "messages", "1 to 500")]
    [InlineData("""{"messages":"hi"}""", "messages", "array")]
    [InlineData("""{"messages":[{"role":"king","content":"x"}]}""", "messages[0].role", "system, user, assistant, tool")]
    [InlineData("""{"messages":[{"content":"x"}]}""", "messages[0].role", "required")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content", "string")]
    [InlineData("""{"messages":[{"role":"user","content":" "}]}""", "messages[0].content", "empty")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content", "empty")]
    [InlineData("""{"messages":[{"role":"user","content":"x","colour":1}]}""", "messages[0].colour", "not a known field")]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}""", "messages[1].role", "last message")]
    [InlineData("""{"messages":[{"role":"tool","content":"x","tool_call_id":"c"}]}""", "messages[0].tool_call_id", "tool call")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"x"}]}""", "messages[1]", "results of the tool calls c")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}]}""", "messages", "before the results")]
    [InlineData("""{"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"x","function":{"name":"f","arguments":"{}"}}]}]}""", "messages[0].tool_calls[0].type", "function")]
    [InlineData("""{"surprise":1}""", "surprise", "agent_config")]
    public async Task Start_MessagesWrong_NamesTheField(string body, string path, string message) => await RefusesAsync(body, path, message);

    [Theory]
    [InlineData(""""agent_config":{"agent_type":"king"}"""", "agent_config.agent_type", "general")]
    [InlineData(""""agent_config":{"agent_id":"mine"}"""", "agent_config.agent_id", "no 'mine'")]
    [InlineData(""""agent_config":{"temperature":2.1}"""", "agent_config.temperature", "0 to 2")]
    [InlineData(""""agent_config":{"temperature":"hot"}"""", "agent_config.temperature", "number")]
    [InlineData(""""agent_config":{"max_tokens":0}"""", "agent_config.max_tokens", "1 to 131072")]
    [InlineData(""""agent_config":{"max_tokens":1.5}"""", "agent_config.max_tokens", "whole number")]
    [InlineData(""""agent_config":{"max_turns":101}"""", "agent_config.max_turns", "1 to 100")]
    [InlineData(""""agent_config":{"parallel_tools":"yes"}"""", "agent_config.parallel_tools", "true or false")]
    [InlineData(""""agent_config":{"model":""}"""", "agent_config.model", "1 to 255")]
    [InlineData(""""agent_config":{"tools":["teleport"]}"""", "agent_config.tools[0]", "calculator")]
    [InlineData(""""agent_config":{"tools":["calculator","calculator"]}"""", "agent_config.tools[1]", "second time")]
    [InlineData(""""agent_config":{"tools":[7]}"""", "agent_config.tools[0]", "string or an object")]
    [InlineData(""""agent_config":{"tools":[{"type":"function","function":{"name":"a b"}}]}"""", "agent_config.tools[0].function.name", "letters")]
    [InlineData(""""agent_config":{"tools":[{"type":"function","function":{"name":"mine","parameters":[]}}]}"""", "agent_config.tools[0].function.parameters", "object")]
    [InlineData(""""agent_config":[]"""", "agent_config", "object")]
    [InlineData(""""routing_preferences":{"privacy_level":"secret"}"""", "routing_preferences.privacy_level", "local_only")]
    [InlineData(""""routing_preferences":{"latency_preference":"Speed"}"""", "routing_preferences.latency_preference", "balanced")]
    [InlineData(""""routing_preferences":{"token_budget":0}"""", "routing_preferences.token_budget", "whole number")]
    [InlineData(""""limits":{"timeout_seconds":604801}"""", "limits.timeout_seconds", "604800")]
    [InlineData(""""limits":{"max_cost_usd":-1}"""", "limits.max_cost_usd", "0")]
    [InlineData(""""limits":{"max_total_tokens":99999999999}"""", "limits.max_total_tokens", "whole number")]
    [InlineData(""""approval":{"tools":["delete_everything"]}"""", "approval.tools", "delete_everything")]
    [InlineData(""""approval":{"on_timeout":"shrug"}"""", "approval.on_timeout", "approve, reject")]
    [InlineData(""""approval":{"on_reject":"shrug"}"""", "approval.on_reject", "continue, fail")]
    [InlineData(""""webhook_url":"ftp://example.org"""" + "\"", "webhook_url", "http")]
    [InlineData(""""webhook_url":"https://user:pass@example.org"""" + "\"", "webhook_url", "user information")]
    [InlineData(""""metadata":{"session_id":7}"""", "metadata.session_id", "string")]
    [InlineData(""""metadata":[]"""", "metadata", "object")]
    public async Task Start_FieldWrong_NamesItAndWhatIsAllowed(string field, string path, string message) => await RefusesAsync($"{{{Hello},\"{field}}}", path, message);

    [Fact]
    public async Task Start_SeveralFaults_NamesEach()
    {
        using HttpResponseMessage answer = await _host.Admin.PostAsync(
            Run, ApiHost.Json("""{"messages":[{"role":"user","content":1}],"limits":{"timeout_seconds":0},"x":1}"""));
        (await answer.FaultsAsync()).Keys.ShouldBe(["messages[0].content", "limits.timeout_seconds", "x"], ignoreOrder: true);
    }

    [Fact]
    public async Task Start_OnlyMessages_TakesTheDefaults()
    {
        RunRequest request = await StartAsync($"{{{Hello}}}");
        request.Agent.ShouldBe(new AgentConfig { ClientTools = request.Agent.ClientTools });
        request.Agent.ClientTools.ShouldBeEmpty();
        request.Limits.ShouldBe(new RunLimits());
        request.Routing.ShouldBe(new RoutingPreferences());
        request.Messages.ShouldBe([Message.User("hi")]);
        request.Metadata.ShouldBeNull();
        request.WebhookUrl.ShouldBeNull();
    }

    [Fact]
    public async Task Start_EveryField_ReachesTheRequest()
    {
        RunRequest request = await StartAsync("""
            {
              "agent_config": { "agent_id": null, "agent_type": "math", "instructions": "be brief", "model": "offline:demo",
                "tools": ["calculator", {"type":"function","function":{"name":"get_time"}}, {"type":"function","function":{"name":"Mine-1","description":"d","parameters":{"type":"object"}}}],
                "temperature": 0.5, "max_tokens": 10, "max_turns": 3, "parallel_tools": false },
              "messages": [ {"role":"user","content":"hi","name":"ann"} ],
              "metadata": { "session_id": "s1", "any": [1] },
              "routing_preferences": { "force_provider": "offline", "privacy_level": "high", "latency_preference": "speed", "token_budget": 100, "allow_cloud_private": true },
              "limits": { "timeout_seconds": 60, "max_cost_usd": 0.25, "max_total_tokens": 1000 },
              "approval": { "tools": ["calculator", "Mine-1"], "timeout_seconds": 60, "on_timeout": "approve", "on_reject": "fail" },
              "webhook_url": "https://example.org/done"
            }
            """);
        AgentConfig agent = request.Agent;
        (agent.AgentType, agent.Instructions, agent.Model, agent.Temperature, agent.MaxTokens, agent.MaxTurns, agent.ParallelTools)
            .ShouldBe(("math", "be brief", "offline:demo", 0.5, 10, 3, false));
        agent.Tools.ShouldBe(["calculator", "get_time"]);
        agent.ClientTools.ShouldHaveSingleItem().Name.ShouldBe("Mine-1");
        request.Messages[0].Name.ShouldBe("ann");
        request.Metadata!.Value.GetRawText().ShouldContain("[1]");
        request.Routing.ShouldBe(new RoutingPreferences
        {
            ForceProvider = "offline",
            PrivacyLevel = PrivacyLabel.Private,
            LatencyPreference = LatencyPreference.Speed,
            TokenBudget = 100,
            AllowCloudPrivate = true,
        });
        request.Limits.ShouldBe(new RunLimits { TimeoutSeconds = 60, MaxCostUsd = 0.25m, MaxTotalTokens = 1000 });
        request.Approval.Tools.ShouldBe(["calculator", "Mine-1"]);
        (request.Approval.TimeoutSeconds, request.Approval.ApproveOnTimeout, request.Approval.FailOnReject).ShouldBe((60, true, true));
        request.WebhookUrl.ShouldBe(new Uri("https://example.org/done"));
    }

    [Fact]
    public async Task Start_TranscriptWithToolCalls_KeepsThem()
    {
        RunRequest request = await StartAsync("""
            {"messages":[
              {"role":"user","content":"17*23?"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"calculator","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"get_time","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c2","content":"noon"},
              {"role":"tool","tool_call_id":"c1","content":"391"}]}
            """);
        request.Messages[1].ToolCalls!.Select(static call => call.Id).ShouldBe(["c1", "c2"]);
        request.Messages.Skip(2).Select(static message => (message.ToolCallId, message.Content)).ShouldBe([("c2", "noon"), ("c1", "391")]);
    }

    [Theory]
    [InlineData("standard", PrivacyLabel.Standard)]
    [InlineData("public", PrivacyLabel.Standard)]
    [InlineData("private", PrivacyLabel.Private)]
    [InlineData("high", PrivacyLabel.Private)]
    [InlineData("local_only", PrivacyLabel.LocalOnly)]
    [InlineData("max", PrivacyLabel.LocalOnly)]
    public async Task Start_PrivacyLevel_TakesNamesAndAliases(string word, PrivacyLabel label) =>
        (await StartAsync($$$"""{{{{Hello}}},"routing_preferences":{"privacy_level":"{{{word}}}"}}""")).Routing.PrivacyLevel.ShouldBe(label);

    private async Task<RunRequest> StartAsync(string body)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync(Run, ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return _host.Runs.Request!;
    }

    private async Task RefusesAsync(string body, string path, string message)
    {
        using HttpResponseMessage answer = await _host.Admin.PostAsync(Run, ApiHost.Json(body));
        Dictionary<string, string> faults = await answer.FaultsAsync();
        faults.ShouldContainKey(path);
        faults[path].ShouldContain(message);
        _host.Runs.Request.ShouldBeNull();
    }
}
