using HybridAgents.Core.Conversations;

namespace HybridAgents.Core.Tests.Conversations;

public sealed class ConversationStateTests
{
    [Fact]
    public void With_ChangeOfTopic_KeepsTheEarlierOne()
    {
        ConversationState state = After("""{"current_topic":"Tea"}""", """{"current_topic":"Tea"}""", """{"current_topic":"Cake","conversation_stage":"focusing"}""", """{"current_topic":" "}""");
        (state.CurrentTopic, state.TopicHistory.Single(), state.ConversationStage).ShouldBe(("Cake", "Tea", ConversationStage.Focusing));
    }

    [Fact]
    public void With_Preferences_MergesThemAndNullTakesOneBack() =>
        After("""{"detected_preferences":{"taste":"green","size":2}}""", """{"detected_preferences":{"taste":null,"cup":"blue"}}""").UserPreferences
            .OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}").ShouldBe(["cup=blue", "size=2"]);

    [Theory]
    [InlineData("""{"conversation_stage":"flying","satisfaction_estimate":"high","open_questions":"no","detected_preferences":[1],"current_topic":5}""")]
    [InlineData("""{"conversation_stage":"7"}""")]
    public void With_WrongValues_LeavesWhatWas(string analysis)
    {
        ConversationState before = After("""{"current_topic":"Tea","satisfaction_estimate":0.4,"open_questions":["Why?"]}""");
        ConversationState after = before.With(Json.Parse(analysis));
        (after.CurrentTopic, after.SatisfactionScore, after.ConversationStage, after.OpenQuestions.Single()).ShouldBe(("Tea", 0.4, ConversationStage.Opening, "Why?"));
    }

    [Theory]
    [InlineData("1.7", 1)]
    [InlineData("-3", 0)]
    public void With_SatisfactionOutOfRange_IsClamped(string estimate, double expected) => After($$"""{"satisfaction_estimate":{{estimate}}}""").SatisfactionScore.ShouldBe(expected);

    [Fact]
    public void Describe_State_NamesAllThatIsKnown() =>
        After("""{"current_topic":"Tea"}""", """{"current_topic":"Cake","conversation_stage":"concluding","detected_preferences":{"taste":"sweet"},"open_questions":["When?","Where?"]}""").Describe().ShouldBe(
            """
            What is known of this conversation:
            - Topic: Cake
            - Stage: concluding
            - Preferences: taste: sweet
            - Open questions: When?; Where?
            - Earlier topics: Tea
            Sum up the main points, and ask whether anything is left.
            """.ReplaceLineEndings("\n"));

    private static ConversationState After(params string[] analyses) => analyses.Aggregate(new ConversationState(), (state, analysis) => state.With(Json.Parse(analysis)));
}
