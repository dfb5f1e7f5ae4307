using System.Text.Json;
using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Providers.Chat;
using HybridAgents.Providers.Offline;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Tests.Offline;

public sealed class OfflineChatClientTests
{
    private static readonly JsonElement AnyObject = JsonDocument.Parse("""{"type":"object"}""").RootElement;

    private static readonly ToolSpec[] Tools =
        [new("calculator", "", AnyObject), new("get_time", "", AnyObject), new("search_knowledge_base", "", AnyObject)];

    [Fact]
    public async Task Stream_ArithmeticAndDayAsked_CallsBothToolsAtOnce()
    {
        IReadOnlyList<ModelUpdate> updates = await AskAsync([Message.User("What is 17 * 23, and what day is it?")]);

        updates.OfType<ModelUpdate.ToolCallRequested>().Select(update => (update.Call.Id, update.Call.Name, update.Call.Arguments)).ShouldBe(
            [("call_1_0", "calculator", """{"expression":"17 * 23"}"""), ("call_1_1", "get_time", "{}")]);
        updates.OfType<ModelUpdate.Finished>().ShouldHaveSingleItem().Reason.ShouldBe("tool_calls");
    }

    [Fact]
    public async Task Stream_ResultsOfBothTools_AnswerStatesNumberAndDay()
    {
        ToolCall sum = new("call_1_0", "calculator", """{"expression":"17 * 23"}""");
        ToolCall clock = new("call_1_1", "get_time", "{}");
        IReadOnlyList<ModelUpdate> updates = await AskAsync(
        [
            Message.User("What is 17 * 23, and what day is it?"),
            Message.Assistant(null, [sum, clock]),
            Message.ToolResult(sum, "391"),
            Message.ToolResult(clock, """{"utc":"2026-11-21T10:15:00Z","weekday":"Saturday"}"""),
        ]);

        TextOf(updates).ShouldBe("17 * 23 = 391.\nToday is Saturday, 21 November 2026; it is 10:15 (UTC+00:00).");
        updates.OfType<ModelUpdate.Finished>().ShouldHaveSingleItem().Reason.ShouldBe("stop");
    }

    [Theory]
    [InlineData("What is (2 + 3) * 4?", "(2 + 3) * 4")]
    [InlineData("How much is 12 times 12", "12 * 12")]
    [InlineData("Compute 2^10, please.", "2^10")]
    [InlineData("(I mean 7 - 5)", "7 - 5")]
    public async Task Stream_Arithmetic_IsGivenToTheCalculator(string question, string expression)
    {
        ModelUpdate.ToolCallRequested request = (await AskAsync([Message.User(question)])).OfType<ModelUpdate.ToolCallRequested>().ShouldHaveSingleItem();

        JsonDocument.Parse(request.Call.Arguments).RootElement.GetProperty("expression").GetString().ShouldBe(expression);
    }

    [Theory]
    [InlineData("Search the knowledge base for vacation rules.", "vacation rules")]
    [InlineData("Please look up the travel policy", "the travel policy")]
    [InlineData("find onboarding steps, please", "onboarding steps, please")]
    public async Task Stream_SearchAsked_PassesTheQuery(string question, string query)
    {
        ModelUpdate.ToolCallRequested request = (await AskAsync([Message.User(question)])).OfType<ModelUpdate.ToolCallRequested>().ShouldHaveSingleItem();

        request.Call.Name.ShouldBe("search_knowledge_base");
        JsonDocument.Parse(request.Call.Arguments).RootElement.GetProperty("query").GetString().ShouldBe(query);
    }

    [Theory]
    [InlineData("The release of 2026-11-21 went well.")]
    [InlineData("Hello there")]
    public async Task Stream_NothingToDo_SaysThatItIsTheDemoModel(string question) =>
        TextOf(await AskAsync([Message.User(question)])).ShouldContain("offline:demo");

    [Fact]
    public async Task Stream_ToolFailed_AnswerSaysSo()
    {
        ToolCall call = new("call_1_0", "calculator", """{"expression":"1 / 0"}""");
        IReadOnlyList<ModelUpdate> updates =
            await AskAsync([Message.User("1 / 0"), Message.Assistant(null, [call]), Message.ToolResult(call, "Error: division by zero")]);

        TextOf(updates).ShouldBe("The tool calculator failed: Error: division by zero");
    }

    [Fact]
    public async Task Stream_ToolsNotOffered_CallsNone() =>
        (await AskAsync([Message.User("What is 17 * 23?")], tools: [])).OfType<ModelUpdate.ToolCallRequested>().ShouldBeEmpty();

    [Fact]
    public async Task Stream_OneCallATime_AsksForTheNextAfterTheFirst()
    {
        ToolCall sum = new("call_1_0", "calculator", """{"expression":"17 * 23"}""");
        Message[] conversation = [Message.User("What is 17 * 23, and what day is it?"), Message.Assistant(null, [sum]), Message.ToolResult(sum, "391")];

        (await AskAsync(conversation, parallel: false)).OfType<ModelUpdate.ToolCallRequested>().ShouldHaveSingleItem().Call.Name.ShouldBe("get_time");
    }

    [Fact]
    public async Task Stream_CountAsked_StreamsTheNumbersOneByOne()
    {
        IReadOnlyList<ModelUpdate> updates = await AskAsync([Message.User("Please count to 1000")]);

        updates.OfType<ModelUpdate.TextDelta>().Count().ShouldBe(1000);
        TextOf(updates).ShouldBe(string.Join(' ', Enumerable.Range(1, 1000)));
    }

    [Fact]
    public async Task Stream_OutputBounded_EndsWithLength()
    {
        IReadOnlyList<ModelUpdate> updates = await AskAsync([Message.User("count to 1000")], maxOutputTokens: 20);

        ModelUpdate.Finished finished = updates.OfType<ModelUpdate.Finished>().ShouldHaveSingleItem();
        finished.Reason.ShouldBe("length");
        finished.Usage.CompletionTokens.ShouldBeLessThanOrEqualTo(20);
        finished.Usage.Estimated.ShouldBeFalse();
    }

    [Fact]
    public async Task Stream_Cancelled_Stops()
    {
        using CancellationTokenSource cancellation = new();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in new OfflineChatClient().GetStreamingResponseAsync([new(ChatRole.User, "count to 1000")], null, cancellation.Token))
                await cancellation.CancelAsync();
        });
    }

    private static string TextOf(IEnumerable<ModelUpdate> updates) => string.Concat(updates.OfType<ModelUpdate.TextDelta>().Select(update => update.Text));

    private static async Task<IReadOnlyList<ModelUpdate>> AskAsync(
        IReadOnlyList<Message> messages, ToolSpec[]? tools = null, bool parallel = true, int? maxOutputTokens = null)
    {
        ModelRequest request = new()
        {
            Model = new("offline", "demo"),
            Messages = messages,
            Tools = tools ?? Tools,
            ParallelToolCalls = parallel,
            MaxOutputTokens = maxOutputTokens,
        };
        ModelUpdateMapper mapper = new(request);
        List<ModelUpdate> updates = [];
        using OfflineChatClient client = new();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(ChatRequestMapper.ToMessages(request), ChatRequestMapper.ToOptions(request, PrivacyLabel.Standard)))
            updates.AddRange(mapper.Map(update));
        return [.. updates, mapper.Finish()];
    }
}
