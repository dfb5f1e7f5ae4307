using System.Security.Cryptography;
using System.Text;

namespace HybridAgents.Providers.OpenAI;

/// <summary>Ids of tool calls for services that want them in a form of their own. The same id always becomes the same one, so calls and results stay together.</summary>
internal static class OpenAICallIds
{
    private const string Signs = "abcdefghijklmnopqrstuvwxyz0123456789";

    public static string Fit(string id, int? length)
    {
        if (length is not { } exact || (id.Length == exact && id.All(char.IsAsciiLetterOrDigit)))
            return id;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return string.Create(exact, hash, static (span, bytes) =>
        {
            for (int index = 0; index < span.Length; index++)
                span[index] = Signs[bytes[index] % Signs.Length];
        });
    }
}
