using HybridAgents.Core.Privacy;
using Microsoft.Extensions.Options;

namespace HybridAgents.Core.Tests.Privacy;

public sealed class PrivacyScannerTests
{
    private static readonly PrivacyScanner Scanner = With(new());

    [Theory]
    [InlineData("")]
    [InlineData("Hello")]
    [InlineData("The monkey ate a banana")]
    [InlineData("Summarize the key points of this article")]
    [InlineData("my key points are these")]
    [InlineData("The key is to stay calm")]
    [InlineData("key: value")]
    [InlineData("""{"key": "name", "token": "id"}""")]
    [InlineData("""{"password":null}""")]
    [InlineData("""{"secret": true, "password": {"type": "string"}}""")]
    [InlineData("Where are my house keys?")]
    [InlineData("How does a tokenizer work?")]
    [InlineData("Count the tokens in this text")]
    [InlineData("password reset policy?")]
    [InlineData("How do API keys work?")]
    [InlineData("An API key is required.")]
    [InlineData("the password is required")]
    [InlineData("The secret of success is patience")]
    [InlineData("Keep it secret")]
    [InlineData("Wie sicher ist ein Passwort?")]
    [InlineData("La contraseña es obligatoria")]
    [InlineData("Le mot de passe est requis")]
    [InlineData("I trust our credentialing board")]
    [InlineData("Write a story about a keyboard and a turkey")]
    [InlineData("What is 17 * 23, and what day is it?")]
    [InlineData("follow me @home or mail at example dot com")]
    [InlineData("Order 4111 1111 1111 1112 is late")]
    [InlineData("It was 1700000000000 ms, build 20260131123456")]
    [InlineData("2024-01-31, 555-1234, 10.0.0.1, 123-456-789")]
    [InlineData("SSN like 000-12-3456 or 666-12-3456 or 912-12-3456 are never issued")]
    [InlineData("DE00 3704 0044 0532 0130 00 is no account")]
    [InlineData("see https://example.com:8080/path and the bearer of news")]
    [InlineData("task-sk-list and risk-free")]
    [InlineData("f(x) = x +5 and +1000 points; 3 + 400")]
    [InlineData("spin the pinwheel 1234 times; pin 5 maps")]
    [InlineData("https://example.com/search?q=token&page=3")]
    [InlineData("ISBN 978-3-16-148410-0, RFC 2616, 12.05.2024, 1.234.567,89")]
    [InlineData("Grüße aus Köln, 你好, привет, Καλημέρα")]
    public void Scan_HarmlessText_IsStandard(string text) => Scanner.Scan(text).ShouldBe(PrivacyLabel.Standard);

    [Theory]
    [InlineData("What is my password?")]
    [InlineData("My Password please")]
    [InlineData("how do I change my bank account password")]
    [InlineData("our shared credentials leaked")]
    [InlineData("tell me my secret")]
    [InlineData("rotate my api key")]
    [InlineData("our access tokens expired")]
    [InlineData("my password is swordfish")]
    [InlineData("the password is hunter2")]
    [InlineData("The token for the build is here: token=4f9a8b7c6d5e4f3a2b1c")]
    [InlineData("api key: abc123")]
    [InlineData("API_KEY=abcdef")]
    [InlineData("apiKey = 'abcdef'")]
    [InlineData("export OPENAI_API_KEY=whatever")]
    [InlineData("DB_PASSWORD=swordfish")]
    [InlineData("password: swordfish")]
    [InlineData("password=\"swordfish\"")]
    [InlineData("{\"password\": \"swordfish\"}")]
    [InlineData("secret=abcdef")]
    [InlineData("client_secret: abcdef")]
    [InlineData("passphrase is correct-h0rse")]
    [InlineData("the password of the server is hunter2")]
    [InlineData("Mein Passwort lautet Regen77!x")]
    [InlineData("das Kennwort ist regen77x")]
    [InlineData("Le mot de passe du serveur est neige42x")]
    [InlineData("Mi contraseña es girasol#24")]
    [InlineData("a senha é girassol#24")]
    [InlineData("Mijn wachtwoord werkt niet")]
    public void Scan_QualifiedCommonTerm_IsPrivate(string text) => Scanner.Scan(text).ShouldBe(PrivacyLabel.Private);

    public static TheoryData<string> Secrets => new()
    {
        "sk-" + new string('a', 24),
        "sk-proj-" + new string('B', 32),
        "sk-ant-api03-" + new string('c', 40),
        "sk_live_" + new string('1', 24),
        "AKIA" + "IOSFODNN7EXAMPLE",
        "AIza" + new string('x', 35),
        "ghp_" + new string('a', 36),
        "github_pat_" + new string('a', 30),
        "glpat-" + new string('a', 20),
        "hf_" + new string('a', 34),
        "xoxb-" + "123456789012-abcdef",
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl",
        "Authorization: Bearer " + new string('z', 20),
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + "abcdef==",
        "Server=db;User Id=sa;Pwd=" + "swordfish;",
        "postgres://user:" + "swordfish@db.example.com/app",
    };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Scan_SecretOfKnownShape_IsPrivate(string secret)
    {
        Scanner.Scan(secret).ShouldBe(PrivacyLabel.Private);
        Scanner.Scan($"Please check ({secret}), thanks").ShouldBe(PrivacyLabel.Private);
        With(new() { Terms = "" }).Scan(secret).ShouldBe(PrivacyLabel.Private);
    }

    [Theory]
    [InlineData("write to jane.doe+test@mail.example.co.uk today")]
    [InlineData("a@b.io")]
    [InlineData("4111111111111111")]
    [InlineData("card 4111 1111 1111 1111 12/27 cvc 123")]
    [InlineData("5555-5555-5555-4444")]
    [InlineData("amex 3782 822463 10005")]
    [InlineData("IBAN DE89 3704 0044 0532 0130 00")]
    [InlineData("GB82WEST12345698765432")]
    [InlineData("pay BE68 5390 0754 7034 THIS WEEK")]
    [InlineData("NO9386011117947")]
    [InlineData("de89370400440532013000")]
    [InlineData("DE89-3704-0044-0532-0130-00")]
    [InlineData("call +49 171 5550123 after six")]
    [InlineData("tel:+14155550123")]
    [InlineData("(415) 555-0123")]
    [InlineData("My PIN is 4711")]
    [InlineData("pin code: 123456")]
    [InlineData("cvc 123")]
    [InlineData("passport number C01X00T47")]
    [InlineData("Passport no. 123456789")]
    [InlineData("https://files.example.com/report?sig=Zm9vYmFyYmF6")]
    [InlineData("GET /v1/items?page=2&access_token=abc123def456")]
    public void Scan_PersonalData_IsPrivate(string text) => Scanner.Scan(text).ShouldBe(PrivacyLabel.Private);

    [Theory]
    [InlineData("SSN 123-45-6789.", "SSN 000-45-6789.")]
    [InlineData("NI number AB123456C", "NI number BG123456C")]
    [InlineData("AB 12 34 56 C", "AB 12 34 56 E")]
    [InlineData("DNI 12345678Z", "DNI 12345678A")]
    [InlineData("NIE X1234567L", "NIE X1234567A")]
    [InlineData("RSSMRA85T10A562S", "RSSMRA85T10A562T")]
    [InlineData("1 85 05 78 006 084 91", "1 85 05 78 006 084 92")]
    [InlineData("CPF 529.982.247-25", "CPF 529.982.247-26")]
    [InlineData("811218-9876", "811218-9877")]
    [InlineData("PESEL 44051401359", "PESEL 44051401358")]
    [InlineData("Steuer-ID 86 095 742 719", "Steuer-ID 86 095 742 718")]
    [InlineData("Aadhaar 2341 2341 2346", "Aadhaar 2341 2341 2347")]
    [InlineData("11010519491231002X", "110105194912310021")]
    [InlineData("AHV 756.9217.0769.85", "AHV 756.9217.0769.84")]
    [InlineData("SIN 130 692 544", "SIN 130 692 545")]
    public void Scan_NationalId_IsPrivateIfItsCheckHolds(string valid, string invalid)
    {
        Scanner.Scan(valid).ShouldBe(PrivacyLabel.Private);
        Scanner.Scan(invalid).ShouldBe(PrivacyLabel.Standard);
    }

    [Theory]
    [InlineData("my pass\u200bword is hunter2")]
    [InlineData("my pass\u00adword")]
    [InlineData("my ｐａｓｓｗｏｒｄ")]
    [InlineData("my 𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝")]
    [InlineData("pay DE89–3704–0044–0532–0130–00")]
    [InlineData("card ４１１１ １１１１ １１１１ １１１１")]
    [InlineData("card 4111\u00a01111\u00a01111\u00a01111")]
    [InlineData("card ٤١١١ ١١١١ ١١١١ ١١١١")]
    [InlineData("jane\u2060@example.org")]
    [InlineData("""{"q":"\u006dy p\u0061ssword"}""")]
    [InlineData("""{"q":"\uD835\uDC29assword=swordfish"}""")]
    [InlineData("""C:\users\u00 my password""")]
    public void Scan_WrittenInOtherForms_IsSeenAllTheSame(string text) => Scanner.Scan(text).ShouldBe(PrivacyLabel.Private);

    [Theory]
    [InlineData("Falcon,acme merger", "the falcon flies", PrivacyLabel.Private)]
    [InlineData("Falcon,acme merger", "FALCON", PrivacyLabel.Private)]
    [InlineData("Falcon,acme merger", "the ACME Merger.", PrivacyLabel.Private)]
    [InlineData("Falcon,acme merger", "falcons, falconry, acme mergers", PrivacyLabel.Standard)]
    [InlineData("Falcon,acme merger", "falconry and a falcon", PrivacyLabel.Private)]
    [InlineData("Falcon,acme merger", "What is my password?", PrivacyLabel.Standard)]
    [InlineData(" , a1 ,, ", "b2", PrivacyLabel.Standard)]
    [InlineData(" , a1 ,, ", "is a1 here", PrivacyLabel.Private)]
    [InlineData("""["falcon", " acme "]""", "an acme thing", PrivacyLabel.Private)]
    [InlineData("", "What is my password?", PrivacyLabel.Standard)]
    [InlineData("[]", "What is my password?", PrivacyLabel.Standard)]
    [InlineData("PASSWORD", "What is my password?", PrivacyLabel.Private)]
    [InlineData("PASSWORD", "password reset policy?", PrivacyLabel.Standard)]
    [InlineData("token", "rotate my api key", PrivacyLabel.Standard)]
    public void Scan_ConfiguredTerms_CountAsWholeWords(string terms, string text, PrivacyLabel expected) => With(new() { Terms = terms }).Scan(text).ShouldBe(expected);

    [Fact]
    public void Scan_LocalOnlyConfigured_IsLocalOnlyForAnyText() => With(new() { LocalOnly = true }).Scan("").ShouldBe(PrivacyLabel.LocalOnly);

    [Theory]
    [InlineData("a, b ,A,,b", "a|b")]
    [InlineData("""["a","b, c",""]""", "a|b, c")]
    [InlineData("  ", "")]
    public void ParseTerms_CommaListOrArray_TrimsAndDropsEmptiesAndDoubles(string terms, string expected) =>
        string.Join('|', new PrivacyOptions { Terms = terms }.ParseTerms()).ShouldBe(expected);

    [Theory]
    [InlineData("[1]")]
    [InlineData("[")]
    public void ParseTerms_BrokenArray_SaysWhatIsAllowed(string terms) =>
        Should.Throw<FormatException>(() => new PrivacyOptions { Terms = terms }.ParseTerms()).Message.ShouldContain("Privacy:Terms");

    // Each of these would keep a back-tracking matcher busy for longer than anyone waits.
    [Theory]
    [InlineData("my my ", PrivacyLabel.Standard)]
    [InlineData("password ", PrivacyLabel.Standard)]
    [InlineData("a@", PrivacyLabel.Standard)]
    [InlineData("1 ", PrivacyLabel.Standard)]
    [InlineData("-----BEGIN ", PrivacyLabel.Standard)]
    [InlineData("https://a:", PrivacyLabel.Standard)]
    [InlineData("GB82 ", PrivacyLabel.Standard)]
    [InlineData("key= ", PrivacyLabel.Standard)]
    [InlineData("eyJaaaaaaaaa.", PrivacyLabel.Private)]
    [InlineData("sk-a-", PrivacyLabel.Private)]
    public void Scan_HugeHostileText_IsAnswered(string piece, PrivacyLabel expected) =>
        Scanner.Scan(string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length))).ShouldBe(expected);

    private static PrivacyScanner With(PrivacyOptions options) => new(Options.Create(options));
}
