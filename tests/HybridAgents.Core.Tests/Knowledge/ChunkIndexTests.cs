using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Tests.Knowledge;

public sealed class ChunkIndexTests
{
    private readonly ChunkIndex _index = new();

    [Fact]
    public void Search_WordsOfTitleSectionAndText_FindThePiece()
    {
        _index.Add("d1", "Handbook", Chunker.Split("# Travel\nBook trains early.\n# Food\nEat well."));
        _index.Add("d2", "Other", Chunker.Split("Nothing here."));

        _index.Search("trains", null, 10).Select(hit => (hit.Document, hit.Number)).ShouldBe([("d1", 0)]);
        _index.Search("food", null, 10).Select(hit => (hit.Document, hit.Number)).ShouldBe([("d1", 1)]);
        _index.Search("handbook", null, 10).Count.ShouldBe(2);
        _index.Search("absent", null, 10).ShouldBeEmpty();
    }

    [Fact]
    public void Search_ManyPiecesOfADocument_GivesThreeOfIt()
    {
        _index.Add("long", "t", Chunker.Split(string.Concat(Enumerable.Range(0, 9).Select(number => $"# Part {number}\nthe same apple\n"))));
        _index.Add("short", "t", Chunker.Split("an apple among many other words that make this one weigh less than the others do"));

        _index.Search("apple", null, 10).GroupBy(hit => hit.Document).ToDictionary(group => group.Key, group => group.Count())
            .ShouldBe(new Dictionary<string, int> { ["long"] = 3, ["short"] = 1 }, ignoreOrder: true);
        _index.Search("apple", null, 2).Count.ShouldBe(2);
    }

    [Fact]
    public void Remove_Document_LeavesTheOthers()
    {
        _index.Add("a", "t", Chunker.Split("apple"));
        _index.Add("b", "t", Chunker.Split("apple"));
        _index.Add("b", "t", Chunker.Split("pear")); // There already: as it was.
        _index.Remove("a");
        _index.Remove("unknown");

        _index.Search("apple pear", null, 10).Select(hit => hit.Document).ShouldBe(["b"]);
    }
}
