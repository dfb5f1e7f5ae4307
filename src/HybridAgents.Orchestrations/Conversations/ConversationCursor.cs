using System.Buffers.Text;
using System.Text;

namespace HybridAgents.Orchestrations.Conversations;

/// <summary>Where a list of conversations goes on, in the opaque form that clients carry.</summary>
internal static class ConversationCursor
{
    private const int MaxLength = 128;

    public static string Format(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    /// <summary>The entry's key; null if the text is no cursor.</summary>
    public static string? Parse(string text)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text))
            return null;
        string key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        return key.IndexOf('|', StringComparison.Ordinal) == 19 && key.AsSpan(0, 19).IndexOfAnyExceptInRange('0', '9') < 0 ? key : null;
    }
}
