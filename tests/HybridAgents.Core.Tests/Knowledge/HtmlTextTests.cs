using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Tests.Knowledge;

public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("<p>a</p><p>b</p>", "a\n\nb")]
    [InlineData("a<br/>b", "a\nb")]
    [InlineData("<ul><li>one</li><li>two</li></ul>", "- one\n- two")]
    [InlineData("<h2 class='x'>Head</h2>text", "## Head\n\ntext")]
    [InlineData("1 &lt; 2 &amp;&amp; 3&nbsp;&euro;", "1 < 2 && 3 €")]
    [InlineData("a<script>if (1 < 2) x('</p>')</script>b<style>p{}</style>c", "abc")]
    [InlineData("<table><tr><td>a</td><td>b</td></tr></table>", "a b")]
    [InlineData("a<!-- <p>hidden</p> -->b", "ab")]
    [InlineData("plain", "plain")]
    [InlineData("<script>if (a<b) c()</script>d", "d")]
    [InlineData("<script>open", "")]
    [InlineData("1 < 2 and 3 > 2", "1 < 2 and 3 > 2")]
    [InlineData("<!doctype html><p>a", "a")]
    [InlineData("<p", "")]
    [InlineData("a <", "a <")]
    [InlineData("<script>a < b", "")]
    [InlineData("<script>a</scrip", "")]
    [InlineData("<!-- open", "")]
    public void Read_Page_GivesItsText(string html, string text) => HtmlText.Read(html).Text.ShouldBe(text);

    [Fact]
    public void Read_Title_IsApartFromTheText() =>
        HtmlText.Read("<head><title> A\n title </title><style>x</style></head><body>Text</body>").ShouldBe(("A title", "Text"));

    [Fact]
    public void Read_ManyOpenTags_IsQuick() => HtmlText.Read(string.Concat(Enumerable.Repeat("<div><p>", 200_000))).Text.ShouldBe("");
}
