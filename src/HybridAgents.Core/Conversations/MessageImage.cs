namespace HybridAgents.Core.Conversations;

/// <summary>An image in a message, at its place in the text. It cannot be scanned, so it makes what it is part of private.</summary>
/// <param name="Url"><c>data:image/png;base64,…</c>, or an https address: that is passed on to the model's provider, and never fetched here.</param>
/// <param name="Position">How many characters of the message's text stand before it.</param>
/// <param name="Detail"><c>auto</c>, <c>low</c> or <c>high</c>: how closely the model looks; null leaves it to the model.</param>
public sealed record MessageImage(string Url, int Position, string? Detail = null)
{
    private const string Scheme = "data:";
    private const string Encoding = ";base64,";

    /// <summary>Gets whether the image itself is here, and not an address.</summary>
    public bool IsData => Url.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Splits a data URL; false for anything else.</summary>
    public static bool TrySplit(string url, out string mediaType, out ReadOnlyMemory<char> base64)
    {
        int end = url.StartsWith(Scheme, StringComparison.Ordinal) ? url.IndexOf(Encoding, StringComparison.Ordinal) : -1;
        (mediaType, base64) = end < 0 ? ("", default) : (url[Scheme.Length..end], url.AsMemory(end + Encoding.Length));
        return end >= 0;
    }

    /// <summary>Its kind only: what a record prints of itself would hold the picture.</summary>
    public override string ToString() => TrySplit(Url, out string mediaType, out ReadOnlyMemory<char> base64) ? $"{mediaType}, {base64.Length} characters" : "image by address";
}
