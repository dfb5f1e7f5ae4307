using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Routing;
using Microsoft.Extensions.Options;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Routing;

public sealed class FeatureExtractorTests
{
    private const string Private = "my password is hunter2";

    private static readonly FeatureExtractor Extractor = new(new PrivacyScanner(Options.Create(new PrivacyOptions())), new ComplexityScorerV1());

    public static TheoryData<Message[], ToolSpec[]> PrivateSomewhere => new()
    {
        { [Message.System(Private), Message.User("hi")], [] },
        { [Message.User(Private), Message.Assistant("ok"), Message.User("hi")], [] },
        { [Message.User("hi"), Message.Assistant(Private)], [] },
        { [Message.User("hi"), Message.Assistant(null, [new("1", "f", """{"password":"hunter2"}""")])], [] },
        { [Message.User("hi"), Message.ToolResult(new("1", "f", "{}"), Private)], [] },
        { [Message.User("hi")], [new("f", Private, Parse("{}"))] },
        { [Message.User("hi")], [new("f", "d", Parse("""{"description":"my password is hunter2"}"""))] },
    };

    [Theory]
    [MemberData(nameof(PrivateSomewhere))]
    public void Measure_PrivateTextAnywhere_RaisesTheLabel(Message[] messages, ToolSpec[] tools) =>
        Extractor.Measure(messages, PrivacyLabel.Standard, tools, 100).Label.ShouldBe(PrivacyLabel.Private);

    [Fact]
    public void Measure_Image_IsPrivateAndCounted()
    {
        Message message = Message.User("hi") with { Images = [new("data:image/png;base64,AAAA", 2), new("https://example.org/a.png", 2, "low")] };
        RoutingFeatures features = Extractor.Measure([message], PrivacyLabel.Standard, [], 100);
        (features.Label, features.NeedsImages).ShouldBe((PrivacyLabel.Private, true));
        (features.PromptTokens - Extractor.Measure([Message.User("hi")], PrivacyLabel.Standard, [], 100).PromptTokens).ShouldBe(1_600 + 85);
    }

    [Fact]
    public void Measure_ImageAtALocalOnlyConversation_DoesNotLowerTheLabel() =>
        Extractor.Measure([Message.User("hi") with { Images = [new("data:image/png;base64,AAAA", 0)] }], PrivacyLabel.LocalOnly, [], 100).Label.ShouldBe(PrivacyLabel.LocalOnly);

    [Theory]
    [InlineData(PrivacyLabel.Private)]
    [InlineData(PrivacyLabel.LocalOnly)]
    public void Measure_HarmlessText_DoesNotLowerTheLabel(PrivacyLabel label) => Extractor.Measure([Message.User("hi")], label, [], 100).Label.ShouldBe(label);

    [Fact]
    public void Measure_SeveralUserMessages_ScoresTheNewest()
    {
        Message[] messages = [Message.User("analyze and compare this complex design"), Message.Assistant("done"), Message.User("Hello"), Message.Assistant("evaluate")];
        Extractor.Measure(messages, PrivacyLabel.Standard, [], 100).Complexity.ShouldBe(0.0135, 1e-6);
    }

    [Fact]
    public void Measure_NoUserMessage_ScoresZero() => Extractor.Measure([Message.System("explain")], PrivacyLabel.Standard, [], 100).Complexity.ShouldBe(0);

    [Fact]
    public void Measure_Tools_AreCountedAndNeeded()
    {
        RoutingFeatures without = Extractor.Measure([Message.User("hi")], PrivacyLabel.Standard, [], 7);
        RoutingFeatures with = Extractor.Measure([Message.User("hi")], PrivacyLabel.Standard, [new("lookup", "Looks up", Parse("""{"type":"object"}"""))], 7);
        without.NeedsTools.ShouldBeFalse();
        with.NeedsTools.ShouldBeTrue();
        with.PromptTokens.ShouldBeGreaterThan(without.PromptTokens);
        with.MaxOutputTokens.ShouldBe(7);
    }
}
