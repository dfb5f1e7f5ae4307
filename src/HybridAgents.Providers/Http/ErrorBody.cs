using System.Text;

namespace HybridAgents.Providers.Http;

/// <summary>Reads what a refusal says, however long it is.</summary>
internal static class ErrorBody
{
    /// <summary>The text up to so many bytes.</summary>
    public static async Task<string> ReadAsync(HttpResponseMessage response, int mostBytes, CancellationToken cancellationToken)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[mostBytes];
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
