using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tests.Privacy;

public sealed class PrivacyLabelsTests
{
    [Theory]
    [InlineData("standard", PrivacyLabel.Standard)]
    [InlineData("public", PrivacyLabel.Standard)]
    [InlineData("private", PrivacyLabel.Private)]
    [InlineData("high", PrivacyLabel.Private)]
    [InlineData("local_only", PrivacyLabel.LocalOnly)]
    [InlineData("max", PrivacyLabel.LocalOnly)]
    public void TryParse_NameOrAlias_IsRead(string text, PrivacyLabel expected)
    {
        PrivacyLabels.TryParse(text, out PrivacyLabel label).ShouldBeTrue();
        label.ShouldBe(expected);
        PrivacyLabels.Allowed.ShouldContain(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Private")]
    [InlineData("low")]
    [InlineData("1")]
    public void TryParse_AnythingElse_IsRefusedAndStrictest(string? text)
    {
        PrivacyLabels.TryParse(text, out PrivacyLabel label).ShouldBeFalse();
        label.ShouldBe(PrivacyLabel.LocalOnly);
    }

    [Fact]
    public void RaisedTo_AnyTwo_GivesTheStricter()
    {
        PrivacyLabel[] all = Enum.GetValues<PrivacyLabel>();
        foreach (PrivacyLabel left in all)
        {
            foreach (PrivacyLabel right in all)
                ((int)left.RaisedTo(right)).ShouldBe(Math.Max((int)left, (int)right));
        }
    }
}
