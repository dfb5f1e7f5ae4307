using System.Text.Json;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Conversations;

namespace HybridAgents.Api.Chat;

/// <summary>Reads the content of messages, text or a list of parts: the parts' texts become one text, a line each, and images keep their place in it.</summary>
/// <param name="faults">Where objections go.</param>
/// <param name="imageType">The type of a part that is an image.</param>
/// <param name="image">What such a part says, and where its address stands in it.</param>
internal sealed class ContentReader(Faults faults, string imageType, Func<JsonElement, ImagePart> image)
{
    private readonly ImageReader _images = new(faults);

    /// <summary>Reads a field; nulls where there is none.</summary>
    /// <param name="item">What has the field.</param>
    /// <param name="field">The field.</param>
    /// <param name="role">Who speaks: only a user shows images.</param>
    /// <param name="path">Where the item stands.</param>
    public (string? Text, IReadOnlyList<MessageImage>? Images) Read(JsonElement item, string field, MessageRole role, string path)
    {
        if (item.Field(field) is not { } content)
            return (null, null);
        if (content.ValueKind == JsonValueKind.String)
            return (content.GetString(), null);
        List<string> texts = [];
        List<MessageImage> images = [];
        int length = 0, index = 0;
        foreach (JsonElement part in content.EnumerateArray())
        {
            string at = $"{path}.{field}[{index++}]";
            if (part.Text("type") != imageType)
            {
                texts.Add(part.Text("text") ?? part.Text("refusal") ?? "");
                length += texts[^1].Length + (texts.Count > 1 ? 1 : 0);
            }
            else if (role != MessageRole.User)
                faults.Add($"{at}.type", $"may be {imageType} in a message of the user only");
            else if (image(part) is not { Url: { } url } read)
                faults.Add($"{at}.{image(part).Path}", $"is required with type {imageType}");
            else if (_images.Read(url, read.Detail, length, $"{at}.{read.Path}") is { } seen)
                images.Add(seen);
        }

        return (string.Join('\n', texts), images.Count > 0 ? images : null);
    }
}

/// <summary>What a part says of its image.</summary>
/// <param name="Url">Data or an address; null if it is missing.</param>
/// <param name="Detail">How closely to look.</param>
/// <param name="Path">Where the address stands, or should stand.</param>
internal readonly record struct ImagePart(string? Url, string? Detail, string Path);
