using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tests.Privacy;

public sealed class RedactorTests
{
    [Theory]
    [InlineData("nothing here", "nothing here")]
    [InlineData("mail jane@example.com now", "mail [redacted:email] now")]
    [InlineData("a@example.com and b@example.com", "[redacted:email] and [redacted:email]")]
    [InlineData("card 4111 1111 1111 1111 ok", "card [redacted:card] ok")]
    [InlineData("iban BE68 5390 0754 7034 THIS", "iban [redacted:iban] THIS")]
    [InlineData("login with password=swordfish please", "login with [redacted:credential] please")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- end", "[redacted:private_key] end")]
    [InlineData("call +49 171 5550123, please", "call [redacted:phone], please")]
    [InlineData("ＩＤ jane＠example.org", "ID [redacted:email]")]
    [InlineData("ｗｉｄｅ", "ｗｉｄｅ")]
    [InlineData("Aadhaar 2341 2341 2346.", "Aadhaar [redacted:national_id].")]
    public void Redact_Text_LeavesOutWhatIsSensitive(string text, string expected) => Redactor.Redact(text).ShouldBe(expected);

    [Fact]
    public void Redact_OverlappingMatches_LeaveNothingOfEither()
    {
        string secret = "sk-" + new string('a', 30);
        Redactor.Redact($"x api_key={secret} y").ShouldBe("x [redacted:credential] y");
    }
}
