using HybridAgents.Functions.Storage;

namespace HybridAgents.Functions.Tests.Storage;

public sealed class KeyCodecTests
{
    private static readonly Random Random = new(20260101);

    [Fact]
    public void Encode_AnyKeys_KeepsTheirOrderAndComesBack()
    {
        string[] keys = [.. Enumerable.Range(0, 5000).Select(_ => Key()), "", "!", "!!", "\"", "\0"];

        foreach (string key in keys)
            KeyCodec.Decode(KeyCodec.Encode(key)).ShouldBe(key);
        keys.OrderBy(KeyCodec.Encode, StringComparer.Ordinal).ShouldBe(keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Encode_EveryCharacter_IsAllowedByAzureAndAboveTheReservedRange()
    {
        for (int code = 0; code < 0x300; code++)
        {
            string encoded = KeyCodec.Encode(((char)code).ToString());

            encoded.ShouldAllBe(character => !char.IsControl(character) && character != '/' && character != '\\' && character != '#' && character != '?');
            string.CompareOrdinal(encoded, KeyCodec.First).ShouldBeGreaterThan(0);
        }

        string.CompareOrdinal(KeyCodec.Reserved + "zzz", KeyCodec.First).ShouldBeLessThan(0);
    }

    [Fact]
    public void Encode_OrdinaryKey_StaysReadable() => KeyCodec.Encode("e|00000000000000000017").ShouldBe("e|00000000000000000017");

    [Fact]
    public void Encode_TooLong_IsRefusedWithTheLimit() =>
        Should.Throw<ArgumentException>(() => KeyCodec.Encode(new string('/', 300))).Message.ShouldContain("at most 512");

    private static string Key()
    {
        const string Near = "\0\u001f !\"#$-./0=>?@Z[\\]}~\u007f\u009f\u00a0aé";
        return new([.. Enumerable.Range(0, Random.Next(6)).Select(_ => Near[Random.Next(Near.Length)])]);
    }
}
