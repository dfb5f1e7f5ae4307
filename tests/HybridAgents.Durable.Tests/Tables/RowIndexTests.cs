using System.Text;
using HybridAgents.Durable.Tables;

namespace HybridAgents.Durable.Tests.Tables;

public sealed class RowIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SetAndRemove_AtRandom_BehaveLikeASortedDictionary(int seed)
    {
        Random random = new(seed);
        RowIndex index = new();
        SortedDictionary<string, long> model = new(StringComparer.Ordinal);
        for (int i = 0; i < 20_000; i++)
        {
            string key = random.Next(3000).ToString("D4");
            if (random.Next(5) < 2)
            {
                index.Remove(Bytes(key));
                model.Remove(key);
            }
            else
            {
                index.Set(Bytes(key), new RowSlot(i, 0, 0, 0, 0));
                model[key] = i;
            }
        }

        index.Count.ShouldBe(model.Count);
        Scan(index, "").ShouldBe(model.Select(pair => (pair.Key, pair.Value)));
        Scan(index, "1500").ShouldBe(model.Where(pair => string.CompareOrdinal(pair.Key, "1500") >= 0).Select(pair => (pair.Key, pair.Value)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Set_InOrderOrInReverse_KeepsAll(int direction)
    {
        RowIndex index = new();
        for (int i = 0; i < 1000; i++)
            index.Set(Bytes((5000 + (i * direction)).ToString("D4")), new RowSlot(i, 0, 0, 0, 0));

        Scan(index, "").Select(row => row.Key).ShouldBe(Enumerable.Range(0, 1000).Select(i => (5000 + (i * direction)).ToString("D4")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TryNext_RowsChangeBetweenCalls_GoesOnAfterTheLastKey()
    {
        RowIndex index = new();
        foreach (string key in (string[])["b", "d", "f"])
            index.Set(Bytes(key), default);
        RowIndex.Hint hint = RowIndex.Hint.None;
        index.TryNext(Bytes("b"), exclusive: false, ref hint, out byte[]? at, out _).ShouldBeTrue();
        index.Set(Bytes("a"), default);
        index.Set(Bytes("c"), default);
        index.Remove(Bytes("b"));

        index.TryNext(at, exclusive: true, ref hint, out at, out _).ShouldBeTrue();

        Encoding.ASCII.GetString(at).ShouldBe("c");
    }

    private static byte[] Bytes(string key) => Encoding.ASCII.GetBytes(key);

    private static List<(string Key, long Version)> Scan(RowIndex index, string start)
    {
        List<(string, long)> rows = [];
        byte[] from = Bytes(start);
        RowIndex.Hint hint = RowIndex.Hint.None;
        while (index.TryNext(from, rows.Count > 0, ref hint, out byte[]? key, out RowSlot slot))
        {
            rows.Add((Encoding.ASCII.GetString(key), slot.Version));
            from = key;
        }
        return rows;
    }
}
