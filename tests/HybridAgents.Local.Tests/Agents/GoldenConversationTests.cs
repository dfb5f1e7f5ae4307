using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using HybridAgents.Local.Tests.Support;
using HybridAgents.TestSupport.Hosting;

namespace HybridAgents.Local.Tests.Agents;

/// <summary>A conversation with each agent on the offline model, over HTTP, word by word.</summary>
public sealed partial class GoldenConversationTests : OfflineHost
{
    [Theory]
    [InlineData("general")]
    [InlineData("adaptive")]
    [InlineData("coding")]
    [InlineData("math")]
    public async Task Arithmetic_AnyAgentWithACalculator_IsCalculated(string type)
    {
        AgentTalk talk = new(Client, type);
        await talk.SayAsync("What is 17 * 23?");
        await talk.SayAsync("And 2 ^ 10 and 7 - 9?");
        (await talk.TranscriptAsync()).ShouldBe(
            """
            user: What is 17 * 23?
            call: calculator {"expression":"17 * 23"}
            tool: 391
            assistant: 17 * 23 = 391.
            user: And 2 ^ 10 and 7 - 9?
            call: calculator {"expression":"2 ^ 10"}
            call: calculator {"expression":"7 - 9"}
            tool: 1024
            tool: -2
            assistant: 2 ^ 10 = 1024.
            7 - 9 = -2.
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Research_Question_IsSearchedAndCited()
    {
        await PostAsync("/api/v1/knowledge/documents", """{"title":"Tea","content":"Green tea wants water of seventy degrees."}""", HttpStatusCode.Created);
        AgentTalk talk = new(Client, "research");
        await talk.SayAsync("Find green tea.");
        (await talk.TranscriptAsync()).ShouldBe(
            """
            user: Find green tea.
            call: search_knowledge_base {"query":"green tea"}
            tool: Document ID: doc_1
            Title: Tea
            Summary: Green tea wants water of seventy degrees.
            assistant: From the knowledge base:
            Document ID: doc_1
            Title: Tea
            Summary: Green tea wants water of seventy degrees.
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Creative_Wish_IsAnsweredWithoutTools()
    {
        AgentTalk talk = new(Client, "creative");
        await talk.SayAsync("Count to 3");
        (await talk.TranscriptAsync()).ShouldBe("user: Count to 3\nassistant: 1 2 3");
    }

    [Fact]
    public async Task Task_ListOfThings_IsKeptAndDeletedOnlyWithAPersonsAgreement()
    {
        AgentTalk talk = new(Client, "task");
        await talk.SayAsync("Add a task: buy milk.");
        await talk.SayAsync("List my tasks");
        string id = TaskId().Match((await Client.GetAsync("/api/v1/tasks")).GetRawText()).Value;
        await talk.SayAsync($"Complete task {id}");
        JsonElement asked = await talk.SayAsync($"Delete task {id}", HttpStatusCode.Accepted);
        string run = asked.GetProperty("run_id").GetString()!;
        string call = (await Client.WaitAsync(run, "requires_action")).GetProperty("required_action").GetProperty("calls")[0].GetProperty("call_id").GetString()!;
        await PostAsync($"/api/v1/agents/runs/{run}/approvals/{call}", """{"decision":"approve"}""", HttpStatusCode.OK);
        await Client.WaitAsync(run, "completed");

        (await talk.TranscriptAsync()).ShouldBe(
            """
            user: Add a task: buy milk.
            call: create_task {"title":"buy milk"}
            tool: Task created successfully.

            ID: task_1
            Title: buy milk
            assistant: The tool create_task answered: Task created successfully.

            ID: task_1
            Title: buy milk
            user: List my tasks
            call: list_tasks {}
            tool: Found 1 task:

            ID: task_1
            Title: buy milk
            Status: pending
            Priority: medium
            Due Date: none
            Description:
            assistant: The tool list_tasks answered: Found 1 task:

            ID: task_1
            Title: buy milk
            Status: pending
            Priority: medium
            Due Date: none
            Description:
            user: Complete task task_1
            call: update_task {"task_id":"task_1","status":"completed"}
            tool: Task updated successfully.

            ID: task_1
            Title: buy milk
            Status: completed
            assistant: The tool update_task answered: Task updated successfully.

            ID: task_1
            Title: buy milk
            Status: completed
            user: Delete task task_1
            call: delete_task {"task_id":"task_1"}
            tool: Task task_1 deleted.
            assistant: The tool delete_task answered: Task task_1 deleted.
            """.ReplaceLineEndings("\n"));
        (await Client.GetAsync("/api/v1/tasks")).GetProperty("tasks").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Conversation_Turns_AreAnalysed()
    {
        AgentTalk talk = new(Client, "conversation");
        await talk.SayAsync("I like sailing, what about boats?");
        await talk.SayAsync("Thanks, bye.");
        (await talk.TranscriptAsync()).Split('\n').Where(line => line.StartsWith("call:", StringComparison.Ordinal)).ShouldBe(
        [
            """call: update_conversation_state {"conversation_stage":"exploring","current_topic":"I like sailing, what about boats","detected_preferences":{"likes":"sailing"}}""",
            """call: update_conversation_state {"conversation_stage":"concluding","satisfaction_estimate":0.9}""",
        ]);
        JsonElement state = (await Client.GetAsync($"/api/v1/conversations/{talk.Id}")).GetProperty("state");
        state.GetRawText().ShouldBe(
            """{"current_topic":"I like sailing, what about boats","topic_history":[],"conversation_stage":"concluding","user_preferences":{"likes":"sailing"},"open_questions":[],"satisfaction_score":0.9}""");
    }

    [Fact]
    public async Task Contextual_WhatWasSaid_IsRecalledInAnotherConversation()
    {
        AgentTalk first = new(Client, "contextual");
        await first.SayAsync("Remember that my boat is blue.");
        AgentTalk second = new(Client, "contextual");
        await second.SayAsync("Do you know my boat?");
        (await second.TranscriptAsync()).ShouldBe(
            """
            user: Do you know my boat?
            call: recall {"query":"my boat"}
            tool: - my boat is blue
            assistant: The tool recall answered: - my boat is blue
            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("math and general", "math and general agree: 6 * 7 = 42.")]
    [InlineData("math and broken", "math says: 6 * 7 = 42.\nNo answer from broken.")]
    public async Task Meta_Team_IsPutTogether(string names, string expected)
    {
        await PostAsync("/api/v1/agents", """{"agent_id":"broken","name":"Broken","model_id":"none:none"}""", HttpStatusCode.Created);
        await PostAsync("/api/v1/agents", """
            {"agent_id":"team","name":"Team","agent_type":"meta",
             "sub_agents":[{"name":"math","agent_id":"math","role":"calculates"},{"name":"general","agent_id":"general","role":"helps"},{"name":"broken","agent_id":"broken","role":"fails"}]}
            """, HttpStatusCode.Created);
        using HttpResponseMessage answer = await Client.PostAsync("/api/v1/agents/team/chat", $$"""{"message":"Ask {{names}} to compute 6 * 7","stream":false}""");
        JsonElement json = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        json.GetProperty("content").GetString().ShouldBe(expected);
        JsonElement run = await Client.GetAsync($"/api/v1/agents/status/{json.GetProperty("run_id").GetString()}");
        run.GetProperty("progress").GetProperty("agents").EnumerateArray().Select(static agent => $"{agent.GetProperty("path").GetString()} {agent.GetProperty("status").GetString()}")
            .ShouldBe([.. names.Split(" and ").Select(static name => $"{name} {(name == "broken" ? "failed" : "completed")}")]);
    }

    [Fact]
    public async Task Meta_DifferentAnswers_AreToldApart()
    {
        AgentTalk talk = new(Client, "meta");
        string answer = (await talk.SayAsync("Ask math and creative to compute 6 * 7")).GetProperty("response").GetString()!;
        answer.ShouldStartWith("The answers differ.\nmath says: 6 * 7 = 42.\ncreative says: I am offline:demo");
        (await talk.SayAsync("Ask math to compute 2 + 2")).GetProperty("response").GetString()!.ShouldEndWith("2 + 2 = 4.");
    }

    [Fact]
    public async Task Meta_TeamsInTeams_AnswerThroughEachAndNoDeeperThanThree()
    {
        foreach ((string id, string member, string name) in new[] { ("inner", "math", "leaf"), ("outer", "inner", "inner"), ("root", "outer", "outer") })
            await PostAsync("/api/v1/agents", Coordinator(id, member, name), HttpStatusCode.Created);
        await PostAsync("/api/v1/agents", Coordinator("above", "root", "root"), HttpStatusCode.BadRequest);
        string run = await Client.StartAsync(RunClient.Body("Ask outer to ask inner to ask leaf to compute 6 * 7", ""","agent_config":{"agent_id":"root"}"""));
        JsonElement ended = await Client.WaitAsync(run, "completed", "failed");
        AgentTalk.Transcript((await Client.GetAsync($"/api/v1/agents/runs/{run}/messages")).GetProperty("messages")).ShouldBe(
            """
            user: Ask outer to ask inner to ask leaf to compute 6 * 7
            call: route_to_subsystem {"subsystem":"outer","task":"ask inner to ask leaf to compute 6 * 7"}
            tool: [outer - helps] The tool route_to_subsystem answered: [inner - helps] The tool route_to_subsystem answered: [leaf - helps] 6 * 7 = 42.
            assistant: The tool route_to_subsystem answered: [outer - helps] The tool route_to_subsystem answered: [inner - helps] The tool route_to_subsystem answered: [leaf - helps] 6 * 7 = 42.
            """.ReplaceLineEndings("\n"));
        ended.GetProperty("progress").GetProperty("agents").EnumerateArray().Select(static agent => $"{agent.GetProperty("path").GetString()} {agent.GetProperty("status").GetString()}")
            .ShouldBe(["outer completed", "outer/inner completed", "outer/inner/leaf completed"]);

        static string Coordinator(string id, string member, string name) =>
            $$"""{"agent_id":"{{id}}","name":"{{id}}","agent_type":"meta","sub_agents":[{"name":"{{name}}","agent_id":"{{member}}","role":"helps"}]}""";
    }

    [Theory]
    [InlineData("approve", 86_400, "[tasks - keeps tasks] The tool delete_task answered: Task task_1 deleted.")]
    [InlineData("reject", 86_400, "[tasks - keeps tasks] The tool delete_task answered: A person refused this call: Not now")]
    [InlineData(null, 1, "[tasks - keeps tasks] The tool delete_task answered: The approval was not given in time.")]
    public async Task Meta_QuestionOfABranch_IsAnsweredAtTheRoot(string? decision, int seconds, string expected)
    {
        await PostAsync("/api/v1/tasks", """{"title":"buy milk"}""", HttpStatusCode.Created);
        string task = TaskId().Match((await Client.GetAsync("/api/v1/tasks")).GetRawText()).Value;
        string run = await Client.StartAsync(RunClient.Body($"Ask tasks to delete {task}", $$"""
            ,"agent_config":{"agent_type":"meta","sub_agents":[{"name":"tasks","agent_id":"task","role":"keeps tasks"}]},"approval":{"timeout_seconds":{{seconds}}}
            """));
        if (decision is not null)
        {
            JsonElement action = (await Client.WaitAsync(run, "requires_action")).GetProperty("required_action");
            (action.GetProperty("type").GetString(), action.GetProperty("calls")[0].GetProperty("path").GetString()).ShouldBe(("approval", "tasks"));
            string path = $"/api/v1/agents/runs/{run}/approvals/{action.GetProperty("calls")[0].GetProperty("call_id").GetString()}";
            await PostAsync(path, $$"""{"decision":"{{decision}}","comment":"Not now"}""", HttpStatusCode.OK);
            await PostAsync(path, $$"""{"decision":"{{decision}}"}""", HttpStatusCode.OK);
            await PostAsync(path, $$"""{"decision":"{{(decision == "approve" ? "reject" : "approve")}}"}""", HttpStatusCode.Conflict);
        }

        (await Client.WaitAsync(run, "completed", "failed")).GetProperty("status").GetString().ShouldBe("completed");
        AgentTalk.Transcript((await Client.GetAsync($"/api/v1/agents/runs/{run}/messages")).GetProperty("messages")).Split('\n').ShouldContain($"tool: {expected}");
        (await Client.GetAsync("/api/v1/tasks")).GetProperty("tasks").GetArrayLength().ShouldBe(decision == "approve" ? 0 : 1);
    }

    private async Task PostAsync(string path, string body, HttpStatusCode expected)
    {
        using HttpResponseMessage answer = await Client.PostAsync(path, body);
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("task_[0-9a-f]{16}")]
    private static partial Regex TaskId();
}
