using HybridAgents.Providers.Offline;

namespace HybridAgents.Providers.Tests.Offline;

/// <summary>What the offline model does for agents.</summary>
public sealed class OfflineAgentTests
{
    [Theory]
    [InlineData("Add a task: buy milk.", "create_task", """{"title":"buy milk"}""")]
    [InlineData("create task to call Ada", "create_task", """{"title":"call Ada"}""")]
    [InlineData("What are my tasks?", "list_tasks", "{}")]
    [InlineData("Finish task_0123456789abcdef", "update_task", """{"task_id":"task_0123456789abcdef","status":"completed"}""")]
    [InlineData("Please remove the task task_0123456789abcdef", "delete_task", """{"task_id":"task_0123456789abcdef"}""")]
    [InlineData("Remember that I like tea.", "remember", """{"text":"I like tea"}""")]
    [InlineData("Do you remember what I like?", "recall", """{"query":"I like"}""")]
    [InlineData("Ask the math to add 1 and 2", "route_to_subsystem", """{"subsystem":"math","task":"add 1 and 2"}""")]
    [InlineData("Ask math, research and coding to compare", "parallel_processing", """{"task":"compare","subsystems":["math","research","coding"]}""")]
    [InlineData("Thanks, goodbye!", "update_conversation_state", """{"conversation_stage":"concluding","satisfaction_estimate":0.9}""")]
    public void Read_Wish_IsACallOfTheTool(string text, string tool, string arguments) =>
        OfflineAgentIntents.Read(text).Single(intent => intent.Tool == tool).Arguments.ShouldBe(arguments);

    [Theory]
    [InlineData("The task is hard.")]
    [InlineData("Nobody asks.")]
    public void Read_PlainText_IsOnlyAnalysed(string text) => OfflineAgentIntents.Read(text).Select(intent => intent.Tool).ShouldBe(["update_conversation_state"]);

    [Theory]
    [InlineData("## a (x)\n\nYes.\n\n## b (y)\n\nyes.", "a and b agree: Yes.")]
    [InlineData("## a (x)\n\nYes.\n\n## b (y)\n\nNo.", "The answers differ.\na says: Yes.\nb says: No.")]
    [InlineData("## a (x)\n\nThis branch failed (provider_error): gone\n\n## b (y)\n\nNo.", "b says: No.\nNo answer from a.")]
    [InlineData("no headings", "no headings")]
    public void Of_Answers_NamesAgreementDifferenceAndSilence(string results, string expected) => OfflineSynthesis.Of(results).ShouldBe(expected);
}
