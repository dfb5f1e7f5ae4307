using System.IO.Compression;
using System.Text;

namespace HybridAgents.Core.Net;

/// <summary>Reads the body of an answer from a stranger: unpacked, and never more than a number of bytes, however little was sent.</summary>
public static class BoundedContent
{
    /// <summary>The first bytes of the body as text, and whether there were more.</summary>
    /// <exception cref="HttpRequestException">The body is packed in an unknown way or damaged.</exception>
    public static async Task<(string Text, bool Cut)> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream body = Unpacked(await content.ReadAsStreamAsync(cancellationToken), content.Headers.ContentEncoding);
            byte[] buffer = new byte[maxBytes + 1];
            int read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return (EncodingOf(content).GetString(buffer, 0, Math.Min(read, maxBytes)), read > maxBytes);
        }
        catch (InvalidDataException error)
        {
            throw new HttpRequestException("The answer's body is damaged.", error);
        }
    }

    private static Stream Unpacked(Stream body, ICollection<string> encodings) => encodings.Count switch
    {
        0 => body,
        1 => encodings.Single().ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "identity" => body,
            _ => throw new HttpRequestException("The answer's body is packed in an unknown way; known are gzip, deflate and br."),
        },
        _ => throw new HttpRequestException("The answer's body is packed more than once."),
    };

    private static Encoding EncodingOf(HttpContent content)
    {
        try
        {
            return content.Headers.ContentType?.CharSet is { } name ? Encoding.GetEncoding(name.Trim('"')) : Encoding.UTF8;
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }
}
