using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Tests.Knowledge;

public sealed class TextIndexTests
{
    [Fact]
    public void Search_RareWord_WeighsMoreThanCommonOnes()
    {
        TextIndex index = Of("the blue house", "the red house", "the red car and the red bus");

        index.Search("the blue", 10).Select(hit => hit.Id).ShouldBe([0, 2, 1]);
        index.Search("red", 1).Single().Id.ShouldBe(2);
        index.Search("green", 10).ShouldBeEmpty();
    }

    [Fact]
    public void Remove_Text_IsAsIfItHadNeverBeen()
    {
        string[] texts = ["the blue house", "a blue car", "red house"];
        TextIndex index = Of(texts);
        index.Remove(new Dictionary<int, string> { [1] = texts[1] });
        TextIndex fresh = new();
        fresh.Add(0, texts[0]);
        fresh.Add(2, texts[2]);

        index.Count.ShouldBe(2);
        index.Search("blue red car house", 10).ShouldBe(fresh.Search("blue red car house", 10));
    }

    private static TextIndex Of(params string[] texts)
    {
        TextIndex index = new();
        for (int id = 0; id < texts.Length; id++)
            index.Add(id, texts[id]);
        return index;
    }
}
