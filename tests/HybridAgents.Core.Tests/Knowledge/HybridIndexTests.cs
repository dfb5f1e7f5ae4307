using HybridAgents.Core.Knowledge;

namespace HybridAgents.Core.Tests.Knowledge;

public sealed class HybridIndexTests
{
    private readonly ChunkIndex _index = new();

    [Fact]
    public void Search_RanksOfBothParts_AddUp()
    {
        Add("words", "apple apple", [0, 1]);
        Add("both", "apple tree in a garden", [1, 0.2f]);
        Add("meaning", "orchard", [1, 0]);

        IReadOnlyList<ChunkHit> hits = _index.Search("apple", QuantizedVector.Of([1, 0]), 10);
        hits.Select(static hit => hit.Document).ShouldBe(["both", "words", "meaning"]);
        hits[0].Score.ShouldBe(1 / 62.0 + 1 / 62.0, tolerance: 1e-9);
        (hits[1].Similarity, hits[2].WordScore).ShouldBe((null, null));
    }

    [Fact]
    public void Search_VectorsReplacedOrRemoved_AreNotFound()
    {
        Add("a", "apple", [1, 0]);
        Add("b", "pear", [1, 0]);
        _index.SetVectors("a", new Dictionary<int, QuantizedVector>());
        _index.Remove("b");
        _index.SetVectors("b", new Dictionary<int, QuantizedVector> { [0] = QuantizedVector.Of([1, 0]) });

        _index.Search("nothing", QuantizedVector.Of([1, 0]), 10).ShouldBeEmpty();
    }

    [Fact]
    public void Search_ManyNear_AreTheNearestInOrder()
    {
        for (int number = 0; number < 300; number++)
            Add($"d{number:000}", "text", [100, number]);

        _index.Search("nothing", QuantizedVector.Of([100, 0]), 5).Select(static hit => hit.Similarity!.Value).ShouldBeInOrder(SortDirection.Descending);
        _index.Search("nothing", QuantizedVector.Of([100, 0]), 1).Single().Document.ShouldBe("d000");
    }

    private void Add(string document, string text, float[] vector)
    {
        _index.Add(document, "", [new("", 0, text)]);
        _index.SetVectors(document, new Dictionary<int, QuantizedVector> { [0] = QuantizedVector.Of(vector) });
    }
}
