using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;

namespace HybridAgents.Core.Tests.Conversations;

public sealed class ContextWindowTests
{
    private static readonly Message Prompt = Message.System("You help.");
    private static readonly ToolCall First = new("1", "lookup", "{}");
    private static readonly ToolCall Second = new("2", "lookup", "{}");

    [Fact]
    public void Trim_EverythingFits_KeepsEverything()
    {
        Message[] talk = [Prompt, Message.User("a"), Message.Assistant("b"), Message.User("c")];
        TrimmedConversation trimmed = ContextWindow.Trim(talk, 1000);
        trimmed.Messages.ShouldBe(talk);
        (trimmed.Dropped, trimmed.Fits, trimmed.Tokens).ShouldBe((0, true, talk.Sum(TokenEstimator.Estimate)));
    }

    [Fact]
    public void Trim_TooLong_DropsTheOldest()
    {
        Message[] talk = [Prompt, Message.User("one"), Message.Assistant("two"), Message.User("three"), Message.Assistant("four"), Message.User("five")];
        int budget = Tokens(talk[0], talk[3], talk[4], talk[5]);
        TrimmedConversation trimmed = ContextWindow.Trim(talk, budget);
        trimmed.Messages.ShouldBe([talk[0], talk[3], talk[4], talk[5]]);
        (trimmed.Dropped, trimmed.Fits, trimmed.Tokens).ShouldBe((2, true, budget));
        ContextWindow.Trim(talk, budget - 1).Messages.ShouldBe([talk[0], talk[4], talk[5]]);
    }

    [Fact]
    public void Trim_CallsAndResults_StayTogether()
    {
        Message[] talk =
        [
            Prompt, Message.User("old"), Message.Assistant(null, [First, Second]), Message.ToolResult(First, "r1"), Message.ToolResult(Second, "r2"), Message.Assistant("done"), Message.User("new"),
        ];
        int all = Tokens([.. talk[2..]]) + Tokens(Prompt);
        ContextWindow.Trim(talk, all).Messages.ShouldBe([Prompt, .. talk[2..]]);
        ContextWindow.Trim(talk, all - 1).Messages.ShouldBe([Prompt, .. talk[5..]]);
    }

    [Fact]
    public void Trim_ToolLoopOutgrowsTheWindow_KeepsQuestionAndNewestResults()
    {
        string big = string.Concat(Enumerable.Repeat("word ", 200));
        Message[] talk =
        [
            Prompt, Message.User("question"),
            Message.Assistant(null, [First]), Message.ToolResult(First, big),
            Message.Assistant(null, [Second]), Message.ToolResult(Second, "small"),
        ];
        ContextWindow.Trim(talk, 100).Messages.ShouldBe([talk[0], talk[1], talk[4], talk[5]]);
    }

    [Fact]
    public void Trim_AGapWouldArise_StopsInstead()
    {
        string big = string.Concat(Enumerable.Repeat("word ", 200));
        Message[] talk = [Prompt, Message.User("small"), Message.Assistant(big), Message.User("new")];
        ContextWindow.Trim(talk, 100).Messages.ShouldBe([talk[0], talk[3]]);
    }

    [Fact]
    public void Trim_EvenTheLeastIsTooMuch_SaysSo()
    {
        Message[] talk = [Prompt, Message.User("old"), Message.User(string.Concat(Enumerable.Repeat("word ", 200)))];
        TrimmedConversation trimmed = ContextWindow.Trim(talk, 100);
        trimmed.Fits.ShouldBeFalse();
        trimmed.Messages.ShouldBe([talk[0], talk[2]]);
        trimmed.Dropped.ShouldBe(1);
    }

    [Fact]
    public void Trim_Nothing_GivesNothing() => ContextWindow.Trim([], 0).ShouldSatisfyAllConditions(
        trimmed => trimmed.Messages.ShouldBeEmpty(), trimmed => trimmed.Fits.ShouldBeTrue());

    [Fact]
    public void Trim_AnyConversation_KeepsTheRules()
    {
        Random random = new(42);
        for (int round = 0; round < 2000; round++)
        {
            List<Message> talk = Any(random);
            int budget = random.Next(0, 400);
            TrimmedConversation trimmed = ContextWindow.Trim(talk, budget);

            trimmed.Messages.ShouldBe(talk.Where(message => trimmed.Messages.Any(kept => ReferenceEquals(kept, message))), "kept messages keep their order");
            (trimmed.Messages.Count + trimmed.Dropped).ShouldBe(talk.Count);
            trimmed.Tokens.ShouldBe(trimmed.Messages.Sum(TokenEstimator.Estimate));
            trimmed.Fits.ShouldBe(trimmed.Tokens <= budget);
            talk.Where(message => message.Role == MessageRole.System).ShouldBe(trimmed.Messages.Where(message => message.Role == MessageRole.System));
            if (talk.LastOrDefault(message => message.Role == MessageRole.User) is { } newest)
                trimmed.Messages.Any(message => ReferenceEquals(message, newest)).ShouldBeTrue();
            IEnumerable<string> asked = trimmed.Messages.SelectMany(message => message.ToolCalls ?? []).Select(call => call.Id);
            asked.ShouldBe(trimmed.Messages.Where(message => message.Role == MessageRole.Tool).Select(message => message.ToolCallId!), "calls and results match");
        }
    }

    private static List<Message> Any(Random random)
    {
        List<Message> talk = [];
        int calls = 0;
        for (int index = random.Next(25); index > 0; index--)
        {
            string text = string.Concat(Enumerable.Repeat("word ", random.Next(1, 30)));
            switch (random.Next(6))
            {
                case 0:
                    talk.Add(Message.System(text));
                    break;
                case 1 or 2:
                    talk.Add(Message.User(text));
                    break;
                case 3:
                    talk.Add(Message.Assistant(text));
                    break;
                default:
                    ToolCall[] group = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new ToolCall($"c{calls++}", "lookup", "{}"))];
                    talk.Add(Message.Assistant(null, group));
                    talk.AddRange(group.Select(call => Message.ToolResult(call, text)));
                    break;
            }
        }

        return talk;
    }

    private static int Tokens(params Message[] messages) => messages.Sum(TokenEstimator.Estimate);
}
