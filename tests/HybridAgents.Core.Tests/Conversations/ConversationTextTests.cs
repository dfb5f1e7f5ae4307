using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;

namespace HybridAgents.Core.Tests.Conversations;

public sealed class ConversationTextTests
{
    [Theory]
    [InlineData(null, "New conversation")]
    [InlineData(" \n ", "New conversation")]
    [InlineData("Hello\n  there", "Hello there")]
    [InlineData("one two three four five six seven eight nine", "one two three four five six seven eight…")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…")]
    public void Title_Message_IsItsFirstWords(string? message, string expected) => ConversationText.Title(message).ShouldBe(expected);

    [Fact]
    public void Summary_Messages_AreTheFirstSentencesOfTheUserBehindWhatThereWas() =>
        ConversationText.Summary("- The user: Earlier.", [Message.User("I want tea. And more."), Message.Assistant("Fine."), Message.User("no end")])
            .ShouldBe("- The user: Earlier.\n- The user: I want tea.\n- The user: no end");

    [Fact]
    public void Summary_VeryMany_KeepsTheNewestWithinItsBound()
    {
        string summary = ConversationText.Summary(null, Enumerable.Range(0, 500).Select(number => Message.User($"Message number {number}.")));
        TokenEstimator.Estimate(summary).ShouldBeLessThanOrEqualTo(ConversationText.MaxSummaryTokens);
        summary.ShouldEndWith("number 499.");
    }
}
