using System.Text.Json;

namespace HybridAgents.Core.Tools;

/// <summary>Compares JSON values by meaning: numbers by value, objects without regard to order.</summary>
internal sealed class JsonValueComparer : IEqualityComparer<JsonElement>
{
    public static JsonValueComparer Instance { get; } = new();

    public bool Equals(JsonElement x, JsonElement y) => JsonElement.DeepEquals(x, y);

    public int GetHashCode(JsonElement obj) => obj.ValueKind switch
    {
        JsonValueKind.String => obj.GetString()!.GetHashCode(StringComparison.Ordinal),
        // Equal numbers may be written differently, and a double rounds them alike.
        JsonValueKind.Number => obj.GetDouble().GetHashCode(),
        JsonValueKind.Array => obj.EnumerateArray().Aggregate(obj.GetArrayLength(), (hash, item) => HashCode.Combine(hash, GetHashCode(item))),
        JsonValueKind.Object => obj.EnumerateObject().Aggregate(0, (hash, member) => unchecked(hash + HashCode.Combine(member.Name, GetHashCode(member.Value)))),
        _ => (int)obj.ValueKind,
    };
}
