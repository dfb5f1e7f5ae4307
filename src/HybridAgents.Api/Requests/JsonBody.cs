using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using HybridAgents.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Requests;

/// <summary>A request body that has been read whole, parsed and checked against its schema.</summary>
public sealed class JsonBody : IDisposable
{
    /// <summary>The most bytes of a body on native routes: 1 MiB.</summary>
    public const int NativeLimit = 1024 * 1024;

    /// <summary>The most bytes of a body on routes in OpenAI's form: 16 MiB.</summary>
    public const int OpenAILimit = 16 * 1024 * 1024;

    /// <summary>The deepest nesting of a body.</summary>
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions ParseOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly byte[] _raw;
    private readonly JsonDocument _document;

    private JsonBody(byte[] raw, JsonDocument document) => (_raw, _document) = (raw, document);

    /// <summary>Gets the body; valid until disposal, so clone what outlives it.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>SHA-256 of the bytes as they came, lower-case hex.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(_raw));

    /// <summary>Reads the body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="schema">What the body must look like.</param>
    /// <param name="optional">Whether an empty body stands for an empty object.</param>
    /// <param name="limit">The most bytes.</param>
    /// <exception cref="RequestRefusedException">Too large (413), not JSON or not as the schema says (400 naming every field).</exception>
    public static async Task<JsonBody> ReadAsync(HttpContext http, BodySchema schema, bool optional = false, int limit = NativeLimit)
    {
        byte[] raw = await ReadBytesAsync(http.Request, limit, http.RequestAborted);
        JsonBody body = new(raw, Parse(raw.Length == 0 && optional ? "{}"u8.ToArray() : raw));
        Faults faults = new();
        schema.Check(body.Root, "", faults);
        if (faults.Any)
            body.Dispose();
        faults.ThrowIfAny();
        return body;
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
            throw new RequestRefusedException(ApiErrors.PayloadTooLarge(limit));
        PipeReader reader = request.BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limit)
                throw new RequestRefusedException(ApiErrors.PayloadTooLarge(limit));
            if (read.IsCompleted)
            {
                byte[] bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static JsonDocument Parse(byte[] raw)
    {
        if (raw.Length == 0)
            throw Refuse("is empty; a JSON object is expected");
        if (!Utf8.IsValid(raw))
            throw Refuse("is not valid UTF-8");
        try
        {
            if (raw.AsSpan().IndexOf("\\u"u8) >= 0)
                CheckEscapes(raw);
            return JsonDocument.Parse(raw, ParseOptions);
        }
        catch (JsonException error)
        {
            string place = error.LineNumber is { } line ? $" (line {line + 1}, byte {error.BytePositionInLine + 1})" : "";
            throw Refuse($"is not valid JSON: {Cut(error.Message)}{place}");
        }
        catch (InvalidOperationException)
        {
            throw Refuse("has a string with an unpaired surrogate escape");
        }
    }

    /// <summary>Escapes of half a surrogate pair parse, and fail only when the string is read: find them now.</summary>
    private static void CheckEscapes(byte[] raw)
    {
        Utf8JsonReader reader = new(raw, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                _ = reader.GetString();
        }
    }

    private static string Cut(string message)
    {
        int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (position < 0 ? message : message[..position]).TrimEnd('.', ' ');
    }

    private static RequestRefusedException Refuse(string message) => new(ApiErrors.Invalid("body", message));
}
