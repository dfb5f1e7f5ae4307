using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Tests.Knowledge;

public sealed class DocumentTextTests
{
    [Theory]
    [InlineData("# First\ntext", null, "First")]
    [InlineData("## Second\ntext", null, "Untitled")]
    [InlineData("text\r\n# Later \r\n", null, "Later")]
    [InlineData("# First", " Given ", "Given")]
    [InlineData("# \ntext", "", "Untitled")]
    public void OfText_Title_IsGivenOrTheFirstHeading(string text, string? title, string expected) =>
        DocumentText.OfText(text, title).ShouldBe(new(expected, text));

    [Theory]
    [InlineData("<title>Page</title><body><h1>Head</h1>Text", "Page", "# Head\n\nText")]
    [InlineData("<h1>Head</h1><p>Text", "Head", "# Head\n\nText")]
    [InlineData("<p>Text", "Untitled", "Text")]
    public void OfHtml_Page_GivesItsTitleAndText(string html, string title, string text) => DocumentText.OfHtml(html).ShouldBe(new(title, text));
}
