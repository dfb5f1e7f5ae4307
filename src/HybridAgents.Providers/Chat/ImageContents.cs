using HybridAgents.Core.Conversations;
using HybridAgents.Core.Models;
using Microsoft.Extensions.AI;

namespace HybridAgents.Providers.Chat;

/// <summary>Images in the chat abstraction: data, or an address.</summary>
internal static class ImageContents
{
    private const string DetailKey = "detail";

    /// <summary>An address does not say of what kind the image behind it is.</summary>
    private const string AnyImage = "image/*";

    public static AIContent Of(MessageImage image)
    {
        AIContent content = image.IsData ? new DataContent(image.Url) : new UriContent(image.Url, AnyImage);
        if (image.Detail is { } detail)
            content.AdditionalProperties = new() { [DetailKey] = detail };
        return content;
    }

    /// <summary>How closely to look; null where nothing is said.</summary>
    public static string? DetailOf(AIContent image) => image.AdditionalProperties?.TryGetValue(DetailKey, out string? detail) == true ? detail : null;

    /// <summary>What the images of messages come to, in tokens, estimated.</summary>
    public static int Estimate(IEnumerable<ChatMessage> messages) =>
        messages.SelectMany(static message => message.Contents).Where(static content => content is DataContent or UriContent).Sum(static image => TokenEstimator.EstimateImage(DetailOf(image)));
}
