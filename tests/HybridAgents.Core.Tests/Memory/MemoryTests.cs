using HybridAgents.Core.Memory;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tests.Memory;

public sealed class MemoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("I love tea", 0.2)]
    [InlineData("You must always lock the door and never leave it open..", 0.8)]
    [InlineData("gloves mustard needle", 0.21)]
    public void ImportanceOf_Text_CountsLengthAndWholeWords(string text, double expected) => MemoryRanking.ImportanceOf(text).ShouldBe(expected, 0.001);

    [Fact]
    public void ImportanceOf_LongText_IsAHalfWithoutWeightyWords() => MemoryRanking.ImportanceOf(new string('x', 200)).ShouldBe(0.5);

    [Fact]
    public void Rank_Items_ByRelevanceThenRecencyAtMostFiveOfACategory()
    {
        List<MemoryItem> items = [.. Enumerable.Range(0, 8).Select(number => Item($"Fact number {number}", MemoryCategory.Facts, age: number * 10))];
        items.Add(Item("The user drinks tea at noon", MemoryCategory.Facts, age: 40));
        items.Add(Item("The user is called Ada", MemoryCategory.PersonalDetails, age: 0));
        IReadOnlyList<MemoryItem> ranked = MemoryRanking.Rank(items, "Tea, please", Now);
        ranked[0].Text.ShouldBe("The user drinks tea at noon");
        ranked.Count(item => item.Category == MemoryCategory.Facts).ShouldBe(MemoryRanking.MaxOfCategory);
        ranked.Where(item => item.Text.StartsWith("Fact", StringComparison.Ordinal)).Select(item => item.Text).ShouldBe(["Fact number 0", "Fact number 1", "Fact number 2", "Fact number 3"]);
        ranked.ShouldContain(item => item.Category == MemoryCategory.PersonalDetails);
    }

    [Fact]
    public void Of_ItemsAboveTheLabel_AreNotTold()
    {
        MemoryItem open = Item("Open", MemoryCategory.Facts, 0), secret = Item("Secret", MemoryCategory.Preferences, 0) with { Label = PrivacyLabel.Private };
        MemoryContext.Of([open, secret], [], "?", PrivacyLabel.Standard, Now)!.Items.ShouldBe([open]);
        MemoryContext.Of([secret], [], "?", PrivacyLabel.Standard, Now).ShouldBeNull();
        string all = MemoryContext.Of([open, secret], ["A talk\nover two lines"], "?", PrivacyLabel.Private, Now)!.Text;
        all.ShouldContain("Facts:\n- Open\n\nPreferences:\n- Secret\n\nRecent conversations:\n- A talk over two lines");
    }

    [Fact]
    public void Parse_AnswerWithTalkAroundIt_TakesTheJson() => MemoryExtraction.Parse("""Sure: {"facts":["A", 5, " "],"preferences":"x","personal_details":["B"]} Done.""")
        .ShouldBe([new(MemoryCategory.Facts, "A"), new(MemoryCategory.PersonalDetails, "B")]);

    [Theory]
    [InlineData("no json")]
    [InlineData("{broken")]
    [InlineData("} {")]
    public void Parse_SomethingElse_IsNull(string answer) => MemoryExtraction.Parse(answer).ShouldBeNull();

    [Theory]
    [InlineData("My name is Ada. What is 2.5 + 1?", "PersonalDetails:My name is Ada.")]
    [InlineData("i really like tea and my favourite cup is blue", "Preferences:i really like tea and my favourite cup is blue")]
    [InlineData("Remember that the bins go out on Monday!", "Facts:Remember that the bins go out on Monday!")]
    [InlineData("Do I like tea?", "")]
    [InlineData("What a day", "")]
    public void ByWords_Sentences_AreThoseAboutTheUser(string text, string expected) =>
        string.Join('|', MemoryExtraction.ByWords(text).Select(item => $"{item.Category}:{item.Text}")).ShouldBe(expected);

    private static MemoryItem Item(string text, MemoryCategory category, int age) =>
        new("mem_" + text, text, Now.AddDays(-age), PrivacyLabel.Standard) { Category = category, Importance = 0.3 };
}
