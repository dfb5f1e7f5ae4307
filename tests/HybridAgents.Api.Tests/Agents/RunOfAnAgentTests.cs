using System.Net;
using HybridAgents.Api.Tests.Support;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Usage;

namespace HybridAgents.Api.Tests.Agents;

public sealed class RunOfAnAgentTests : IAsyncLifetime
{
    private const string Hello = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Start_StoredAgent_TakesItsVersionAndWhatTheCallerChanges()
    {
        await CreateAsync("""{"agent_id":"poet","name":"Poet","system_prompt":"Verse.","provider":"offline","model_id":"demo","tools":["get_time"],"privacy_level":"private"}""");
        using HttpResponseMessage changed = await _host.User.PatchAsync("/api/v1/agents/poet", ApiHost.Json("""{"max_turns":3}"""));
        RunRequest request = await StartAsync(""""agent_config":{"agent_id":"poet","temperature":0}"""");

        AgentConfig agent = request.Agent;
        (agent.AgentId, agent.AgentVersion, agent.SystemPrompt, agent.Model).ShouldBe(("poet", 2, "Verse.", "offline:demo"));
        (agent.Temperature, agent.MaxTurns).ShouldBe((0d, 3));
        agent.Tools.ShouldBe(["get_time"]);
        request.Routing.PrivacyLevel.ShouldBe(PrivacyLabel.Private);
    }

    [Fact]
    public async Task Start_AgentWithABudget_BringsItAndACopyHasItsOwn()
    {
        await CreateAsync("""{"agent_id":"poet","name":"Poet","budget":{"max_cost_usd":2.5,"max_total_tokens":1000,"window":"day"}}""");
        using HttpResponseMessage document = await _host.User.GetAsync("/api/v1/agents/poet/export");
        string export = await document.Content.ReadAsStringAsync();
        using HttpResponseMessage copied = await _host.User.PostAsync("/api/v1/agents/import", ApiHost.Json(export[..^1] + ""","agent_id":"bard"}"""));
        copied.StatusCode.ShouldBe(HttpStatusCode.Created, await copied.Content.ReadAsStringAsync());

        foreach (string agent in (string[])["poet", "bard"])
        {
            RunRequest request = await StartAsync($$""""agent_config":{"agent_id":"{{agent}}"}"""");
            request.PaidBy("k", [], "default").Accounts.ShouldHaveSingleItem().ShouldBe(new($"agent|default|{agent}", new(2.5m, 1000, BudgetWindow.Day)));
        }
    }

    [Fact]
    public async Task Start_Meta_HasTheBuiltInTeam()
    {
        RunRequest request = await StartAsync(""""agent_config":{"agent_type":"meta"}"""");
        request.Agent.SubAgents.Select(static member => member.Name).ShouldBe(["general", "research", "contextual", "task", "coding", "creative", "math"]);
        request.Agent.SubAgents.ShouldAllBe(static member => member.Role.Length > 0 && member.Agent.AgentType == member.Name);
    }

    [Fact]
    public async Task Start_MetaWithATeam_HasThatTeam()
    {
        await CreateAsync("""{"agent_id":"poet","name":"Poet","description":"Writes verse."}""");
        await CreateAsync("""{"agent_id":"desk","name":"Desk","agent_type":"meta","sub_agents":[{"name":"bard","agent_id":"poet"}]}""");
        RunRequest request = await StartAsync(
            """"agent_config":{"agent_type":"meta","sub_agents":[{"name":"adder","agent_id":"math","role":"adds"},{"name":"desk","agent_id":"desk"}]}"""");

        request.Agent.SubAgents.Select(static member => (member.Name, member.Role)).ShouldBe([("adder", "adds"), ("desk", "Desk")]);
        SubAgent bard = request.Agent.SubAgents[1].Agent.SubAgents.ShouldHaveSingleItem();
        (bard.Name, bard.Role, bard.Agent.AgentId).ShouldBe(("bard", "Writes verse.", "poet"));
    }

    [Fact]
    public async Task Start_TeamThatLeadsBackToItself_IsRefused()
    {
        await CreateAsync("""{"agent_id":"a","name":"A","agent_type":"meta","sub_agents":[{"name":"x","agent_id":"math"}]}""");
        await CreateAsync("""{"agent_id":"b","name":"B","agent_type":"meta","sub_agents":[{"name":"a","agent_id":"a"}]}""");
        using HttpResponseMessage closed = await _host.User.PatchAsync("/api/v1/agents/a", ApiHost.Json("""{"sub_agents":[{"name":"a","agent_id":"a"}]}"""));
        closed.StatusCode.ShouldBe(HttpStatusCode.OK); // One level more, seen from what stood before.
        using HttpResponseMessage run = await _host.User.PostAsync("/api/v1/agents/run", ApiHost.Json($$"""{"agent_config":{"agent_id":"a"},{{Hello}}}"""));
        (await run.FaultsAsync())["agent_config.agent_id"].ShouldContain("lead back to itself");
    }

    [Theory]
    [InlineData(""""agent_config":{"agent_id":"nobody"}"""", "agent_config.agent_id", "no 'nobody'")]
    [InlineData(""""agent_config":{"agent_id":"math","agent_type":"coding"}"""", "agent_config.agent_type", "leave it out")]
    [InlineData(""""agent_config":{"sub_agents":[{"name":"a","agent_id":"math"}]}"""", "agent_config.sub_agents", "meta only")]
    [InlineData(""""agent_config":{"agent_type":"meta","sub_agents":[{"name":"a","agent_id":"nobody"}]}"""", "agent_config.sub_agents", "no 'nobody'")]
    public async Task Start_Wrong_NamesTheField(string config, string path, string message)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync("/api/v1/agents/run", ApiHost.Json($$"""{"{{config}},{{Hello}}}"""));
        Dictionary<string, string> faults = await answer.FaultsAsync();
        faults.Keys.ShouldContain(path);
        faults[path].ShouldContain(message);
    }

    private async Task CreateAsync(string body)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync("/api/v1/agents", ApiHost.Json(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private async Task<RunRequest> StartAsync(string config)
    {
        using HttpResponseMessage answer = await _host.User.PostAsync("/api/v1/agents/run", ApiHost.Json($$"""{"{{config}},{{Hello}}}"""));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return _host.Runs.Request!;
    }
}
