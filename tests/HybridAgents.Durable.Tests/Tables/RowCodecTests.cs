using HybridAgents.Durable.Tables;

namespace HybridAgents.Durable.Tests.Tables;

public sealed class RowCodecTests
{
    private const int Rounds = 100;

    [Fact]
    public void Decode_EveryType_GivesBackWhatWasAppended()
    {
        TableRow row = new TableRow("p", "r").Set("text", "é").Set("int", 1).Set("long", 2L).Set("double", 0.5).Set("no", false).Set("yes", true)
            .Set("moment", DateTimeOffset.UnixEpoch).Set("guid", Guid.Empty).Set("bytes", new byte[] { 1, 2 }).Set("größe", 3);

        TableRow decoded = Decode(Append(row, default));

        decoded.Get<byte[]>("bytes").ShouldBe([1, 2]);
        decoded.Set("bytes", null).Properties.ShouldBe(row.Set("bytes", null).Properties, ignoreOrder: true);
    }

    [Fact]
    public void Append_OntoAStoredRow_KeepsWhatIsNotWritten()
    {
        byte[] stored = Append(
            new TableRow("p", "r").Set("text", "old").Set("int", 1).Set("moment", DateTimeOffset.UnixEpoch).Set("guid", Guid.Empty).Set("yes", true).Set("bytes", new byte[] { 1 }), default);

        TableRow merged = Decode(Append(new TableRow("p", "r").Set("text", "new").Set("long", 2L), stored));

        merged.Properties.Keys.ShouldBe(["text", "long", "int", "moment", "guid", "yes", "bytes"], ignoreOrder: true);
        (merged.Get<string>("text"), merged.Get<int>("int"), merged.Get<Guid>("guid")).ShouldBe(("new", 1, Guid.Empty));
    }

    [Fact]
    public void Names_OfOnePlace_AreNotMixedUp()
    {
        // 31 · 'A' + 'a' = 31 · 'B' + 'B': both names have one place.
        string[] names = ["Aa", "BB", "Aa", "BB"];

        names.Select(name => PropertyNames.Get(System.Text.Encoding.UTF8.GetBytes(name))).ShouldBe(names);
    }

    /// <summary>A row is read several times in each step of a run.</summary>
    [Fact]
    public void Decode_TwentyNumbers_AllocatesTheirPlacesAndNoNames()
    {
        TableRow row = new("p", "r");
        for (int number = 0; number < 20; number++)
            row.Set($"a_property_with_a_long_name_{number}", number);
        byte[] stored = Append(row, default);

        Least(() => Decode(stored)).ShouldBeLessThanOrEqualTo(1500); // 20 boxes of 24 bytes, 23 places of 28, the row and its dictionary.
    }

    [Fact]
    public void Append_OntoAStoredRow_AllocatesNoneOfItsValues()
    {
        byte[] stored = Append(new TableRow("p", "r").Set("text", new string('x', 1000)).Set("int", 1).Set("bytes", new byte[1000]), default);
        TableRow patch = new TableRow("p", "r").Set("int", 2);
        ByteBuffer buffer = new(8192);

        Least(() =>
        {
            buffer.Clear();
            RowCodec.Append(buffer, 0, patch, stored);
            return buffer;
        }).ShouldBeLessThanOrEqualTo(64); // The enumerator of the patch's properties.
    }

    private static byte[] Append(TableRow row, ReadOnlySpan<byte> existing)
    {
        ByteBuffer buffer = new();
        RowCodec.Append(buffer, ticks: 1, row, existing);
        return buffer.ToArray();
    }

    private static TableRow Decode(byte[] stored) => RowCodec.Decode("p", "r", "1", stored);

    /// <summary>The least of many, since the first ones fill what is kept.</summary>
    private static long Least(Func<object> work)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            GC.KeepAlive(work());
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
