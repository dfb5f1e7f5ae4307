using System.Text;

namespace HybridAgents.Durable.Tables;

/// <summary>The names of properties, shared: few names occur in very many rows. Safe for concurrent use; two names of one place take turns.</summary>
internal static class PropertyNames
{
    private static readonly string?[] Known = new string?[1024];

    /// <summary>The name that is stored as these bytes.</summary>
    public static string Get(ReadOnlySpan<byte> utf8)
    {
        uint hash = 0;
        foreach (byte next in utf8)
            hash = hash * 31 + next;
        ref string? place = ref Known[hash % Known.Length];
        return place is { } name && Ascii.Equals(utf8, name) ? name : place = Encoding.UTF8.GetString(utf8);
    }
}
