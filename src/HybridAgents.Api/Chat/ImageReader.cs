using System.Buffers.Text;
using System.Globalization;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Api.Chat;

/// <summary>Reads the images of a request, and bounds them. No address is ever fetched.</summary>
/// <param name="faults">Where objections go.</param>
internal sealed class ImageReader(Faults faults)
{
    /// <summary>The most images of a request.</summary>
    public const int MaxImages = 20;

    /// <summary>The most bytes of one: what Anthropic takes, the narrowest of the services.</summary>
    public const int MaxBytes = 5 * 1024 * 1024;

    private const int MaxAddress = 2048;

    private static readonly string[] MediaTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    private int _count;

    /// <summary>Reads one; null if it is not acceptable.</summary>
    /// <param name="url">A data URL or an https address.</param>
    /// <param name="detail">How closely to look.</param>
    /// <param name="position">Its place in the text.</param>
    /// <param name="path">Where it stands in the body.</param>
    public MessageImage? Read(string url, string? detail, int position, string path)
    {
        if (++_count == MaxImages + 1)
            faults.Add(path, $"is one too many: at most {MaxImages} images are allowed in a request");
        if (Objection(url) is not { } objection)
            return new(url, position, detail);
        faults.Add(path, objection);
        return null;
    }

    private static string? Objection(string url)
    {
        if (MessageImage.TrySplit(url, out string mediaType, out ReadOnlyMemory<char> base64))
        {
            return !MediaTypes.Contains(mediaType, StringComparer.Ordinal) ? $"must be of the media type {string.Join(", ", MediaTypes)}"
                : !Base64.IsValid(base64.Span, out int bytes) || bytes == 0 ? "must be valid base64 after the comma"
                : bytes > MaxBytes ? string.Create(CultureInfo.InvariantCulture, $"is an image of {bytes} bytes; at most {MaxBytes} are allowed")
                : null;
        }

        return url.Length <= MaxAddress && Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address is { Scheme: "https", UserInfo.Length: 0 } ? null
            : $"must be data:<media type>;base64,<data>, or an https address of at most {MaxAddress} characters";
    }
}
