using HybridAgents.Core.Privacy;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Tests.Privacy;

public sealed class PrivacyGateTests
{
    private static readonly PrivacyScanner Scanner = new(Options.Create(new PrivacyOptions()));

    [Theory]
    [InlineData("hello", PrivacyLabel.Standard, Locality.Cloud, false, false, true)]
    [InlineData("my password", PrivacyLabel.Standard, Locality.Cloud, false, false, false)]
    [InlineData("my password", PrivacyLabel.Standard, Locality.Cloud, true, false, true)]
    [InlineData("my password", PrivacyLabel.Standard, Locality.Cloud, true, true, false)]
    [InlineData("my password", PrivacyLabel.Standard, Locality.Local, false, true, true)]
    [InlineData("hello", PrivacyLabel.LocalOnly, Locality.Cloud, true, false, false)]
    [InlineData("hello", PrivacyLabel.LocalOnly, Locality.Local, false, false, true)]
    public void Clear_TextLabelAndConsent_DecideWhatMaySee(string text, PrivacyLabel label, Locality locality, bool consent, bool forbidden, bool cleared)
    {
        Destination destination = new("somewhere", locality);
        Clearance<string> clearance = new PrivacyGate(Scanner, forbidden).Clear(text, [text], label, destination, consent);
        (clearance.Cleared is not null).ShouldBe(cleared);
        ((int)clearance.Label).ShouldBeGreaterThanOrEqualTo((int)label);
        if (clearance.Cleared is { } value)
        {
            value.Value.ShouldBe(text);
            value.Destination.ShouldBe(destination);
            value.Label.ShouldBe(clearance.Label);
        }
    }
}
