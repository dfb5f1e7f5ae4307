using HybridAgents.Core.Agents;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Knowledge;
using HybridAgents.Core.Memory;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;
using HybridAgents.Core.Tools;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Tests.Support;
using static HybridAgents.Orchestrations.Tests.Support.ScriptedModels;

namespace HybridAgents.Orchestrations.Tests.Conversations;

/// <summary>What the types of agents do beside talking.</summary>
public sealed class AgentTypeTests
{
    [Fact]
    public async Task Catalogue_EveryTool_IsThereAndMakesNothingPrivate()
    {
        await using RunHost host = await RunHost.StartAsync();
        ToolSet tools = await host.Get<ToolRegistry>().GetAsync("default", default);
        IPrivacyScanner scanner = host.Get<IPrivacyScanner>();
        foreach (AgentProfile profile in host.Get<AgentCatalog>().Profiles)
            profile.Tools.Except(["run_code"]).ShouldAllBe(name => tools.Find(name) != null, profile.Type);
        foreach (ToolDefinition tool in tools.Definitions)
            OutsideText.Of([], [tool.ToSpec()]).ShouldAllBe(text => scanner.Scan(text) == PrivacyLabel.Standard, tool.Name);
        scanner.Scan(new ConversationState().Describe()).ShouldBe(PrivacyLabel.Standard);
    }

    [Fact]
    public async Task Conversation_Analysis_IsKeptAndToldInTheNextTurn()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk.Script(host, call => call == 1
            ? Calls(("update_conversation_state", """{"current_topic":"Tea","conversation_stage":"exploring","detected_preferences":{"taste":"green"},"open_questions":["Which?"],"satisfaction_estimate":0.5}"""))
            : Says("Hm."));
        Talk talk = await Talk.BeginAsync(host, "conversation");
        await talk.SayAsync("I want tea", "conversation");
        ConversationState state = (await talk.ViewAsync()).State;
        (state.CurrentTopic, state.ConversationStage, state.UserPreferences["taste"], state.OpenQuestions.Single(), state.SatisfactionScore)
            .ShouldBe(("Tea", ConversationStage.Exploring, "green", "Which?", 0.5));
        await talk.SayAsync("Go on", "conversation");
        string background = Talk.Sent(host, 2)[^2];
        background.ShouldStartWith("user: <background>");
        background.ShouldContain("Topic: Tea");
        background.ShouldContain("Ask open questions");
    }

    [Fact]
    public async Task Contextual_WhatTheUserSaid_IsRememberedAndTold()
    {
        await using RunHost host = await RunHost.StartAsync();
        Talk.Script(host, _ => Says("Noted."), aside: Says("""{"facts":[],"preferences":["The user loves green tea."],"personal_details":[]}"""));
        string first = (await host.RunAsync(Ask("I love green tea."))).RunId;
        await host.IdleAsync(first);
        MemoryItem item = (await host.Get<IMemoryStore>().ListAsync("default", default)).ShouldHaveSingleItem();
        (item.Text, item.Category, item.Label).ShouldBe(("The user loves green tea.", MemoryCategory.Preferences, PrivacyLabel.Standard));
        await host.RunAsync(Ask("Which tea shall I buy?"));
        Talk.Calls(host)[1].Messages[^2].Content!.ShouldContain("- The user loves green tea.");
    }

    [Fact]
    public async Task Contextual_NoLocalModel_RemembersTheUsersOwnWordsAndAsksNoCloud()
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models[0] = Cloud("cloud:big");
        await host.IdleAsync((await host.RunAsync(Ask("My name is Ada. I always drink tea! What now?"))).RunId);
        (await host.Get<IMemoryStore>().ListAsync("default", default)).Select(item => (item.Category, item.Text)).Order()
            .ShouldBe([(MemoryCategory.Facts, "I always drink tea!"), (MemoryCategory.PersonalDetails, "My name is Ada.")]);
        host.Models.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Contextual_PrivateMemory_StaysAwayFromStandardConversations()
    {
        await using RunHost host = await RunHost.StartAsync();
        await host.Get<IMemoryStore>().RememberAsync("default", "The user fears spiders.", MemoryCategory.Facts, PrivacyLabel.Private, default);
        await host.RunAsync(Ask("What about spiders?"));
        Talk.Calls(host)[0].Messages.ShouldAllBe(message => !message.Content!.Contains("fears"));
        await host.RunAsync(Ask("What about spiders?") with { Routing = new() { PrivacyLevel = PrivacyLabel.Private } });
        Talk.Calls(host)[1].Messages[^2].Content!.ShouldContain("fears spiders");
    }

    [Fact]
    public async Task Research_Question_BringsPassagesWithIdsWhereItIsASubAgentToo()
    {
        await using RunHost host = await RunHost.StartAsync();
        await host.Get<IDocumentStore>().AddAsync("default", DocumentText.OfText("Green tea wants water of seventy degrees.", "Tea"), PrivacyLabel.Standard, default);
        await host.RunAsync(new() { Agent = new() { AgentType = "research" }, Messages = [Message.User("How hot is the water for green tea?")] });
        string background = host.Models.Sent[0].Value.Messages[^2].Content!;
        background.ShouldContain("Document ID: doc_");
        background.ShouldContain("seventy degrees");

        host.Models.Script = (request, token) => (request.Messages[0].Content!.StartsWith("You coordinate", StringComparison.Ordinal)
            ? ByTurn(Calls(("route_to_subsystem", """{"subsystem":"research","task":"How hot is the water for green tea?"}""")), Says("So.")) : Says("Hot."))(request, token);
        await host.RunAsync(new()
        {
            Agent = new() { AgentType = "meta", SubAgents = [new("research", "finds", new() { AgentType = "research" })] },
            Messages = [Message.User("Tea?")],
        });
        host.Models.Sent[2].Value.Messages[^2].Content!.ShouldContain("seventy degrees");
    }

    [Theory]
    [InlineData("Write a program that sorts numbers", "local:codellama")]
    [InlineData("Hello there", "local:small")]
    [InlineData("Write a comprehensive, detailed program and compare it with others", "cloud:gpt-4o")]
    [InlineData("My password is hunter2: write a comprehensive, detailed program and compare it with others", "local:small")]
    public async Task Adaptive_UseCase_PrefersTheModelThatSuits(string text, string expected)
    {
        await using RunHost host = await RunHost.StartAsync();
        host.Models.Models.Add(Local("local:codellama"));
        host.Models.Models.Add(Cloud("cloud:gpt-4o"));
        RunView run = await host.RunAsync(new() { Agent = new() { AgentType = "adaptive" }, Messages = [Message.User(text)] });
        $"{run.Progress.Provider}:{run.Progress.Model}".ShouldBe(expected);
    }

    private static RunRequest Ask(string text) => new() { Agent = new() { AgentType = "contextual" }, Messages = [Message.User(text)] };
}
