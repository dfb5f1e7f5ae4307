using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridAgents.Providers.Ollama;

internal sealed record OllamaChatRequest(string Model, IReadOnlyList<OllamaMessage> Messages, IReadOnlyList<OllamaTool>? Tools, OllamaOptions Options)
{
    public bool Stream { get; init; } = true;

    /// <summary>Whether, or how hard, to think first; null leaves it to the model.</summary>
    public JsonElement? Think { get; init; }

    /// <summary>Seconds that the model stays loaded; negative for ever, null for the server's own choice.</summary>
    public int? KeepAlive { get; init; }

    /// <summary><c>"json"</c>, or a schema.</summary>
    public JsonElement? Format { get; init; }
}

internal sealed record OllamaMessage
{
    public string? Role { get; init; }

    public string? Content { get; init; }

    public string? Thinking { get; init; }

    /// <summary>Base64, without more; the server fetches nothing.</summary>
    public IReadOnlyList<string>? Images { get; init; }

    public IReadOnlyList<OllamaToolCall>? ToolCalls { get; init; }

    public string? ToolName { get; init; }
}

internal sealed record OllamaToolCall(OllamaFunctionCall Function);

/// <param name="Name">The tool.</param>
/// <param name="Arguments">An object; some models make the server send a string.</param>
internal sealed record OllamaFunctionCall(string Name, JsonElement Arguments);

internal sealed record OllamaTool(OllamaFunction Function)
{
    public string Type { get; init; } = "function";
}

internal sealed record OllamaFunction(string Name, string Description, JsonElement Parameters);

internal sealed record OllamaOptions(float? Temperature, int? NumPredict, int NumCtx)
{
    public float? TopP { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public long? Seed { get; init; }

    public IList<string>? Stop { get; init; }
}

internal sealed record OllamaChatLine
{
    public string? Model { get; init; }

    public OllamaMessage? Message { get; init; }

    public bool Done { get; init; }

    public string? DoneReason { get; init; }

    public int? PromptEvalCount { get; init; }

    public int? EvalCount { get; init; }

    public string? Error { get; init; }
}

internal sealed record OllamaTags(IReadOnlyList<OllamaTag>? Models);

internal sealed record OllamaTag(string? Name, string? RemoteHost, string? RemoteModel)
{
    [JsonIgnore]
    public bool IsRemote => !string.IsNullOrEmpty(RemoteHost) || !string.IsNullOrEmpty(RemoteModel);
}

internal sealed record OllamaShowRequest(string Model);

internal sealed record OllamaShow(
    IReadOnlyList<string>? Capabilities, Dictionary<string, JsonElement>? ModelInfo, string? RemoteHost, string? RemoteModel)
{
    [JsonIgnore]
    public bool IsRemote => !string.IsNullOrEmpty(RemoteHost) || !string.IsNullOrEmpty(RemoteModel);
}

internal sealed record OllamaPullRequest(string Model)
{
    public bool Stream { get; init; } = true;
}

internal sealed record OllamaPullLine(string? Status, string? Digest, long? Total, long? Completed, string? Error);

internal sealed record OllamaRunning(IReadOnlyList<OllamaRunningModel>? Models);

internal sealed record OllamaRunningModel(string? Name, long Size, long SizeVram, DateTimeOffset? ExpiresAt);

internal sealed record OllamaEmbedRequest(string Model, IReadOnlyList<string> Input, int? Dimensions)
{
    public bool Truncate { get; init; }

    public int? KeepAlive { get; init; }
}

internal sealed record OllamaEmbedding(IReadOnlyList<float[]>? Embeddings, long? PromptEvalCount);

internal sealed record OllamaError(string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OllamaChatRequest))]
[JsonSerializable(typeof(OllamaChatLine))]
[JsonSerializable(typeof(OllamaTags))]
[JsonSerializable(typeof(OllamaShowRequest))]
[JsonSerializable(typeof(OllamaShow))]
[JsonSerializable(typeof(OllamaPullRequest))]
[JsonSerializable(typeof(OllamaPullLine))]
[JsonSerializable(typeof(OllamaRunning))]
[JsonSerializable(typeof(OllamaEmbedRequest))]
[JsonSerializable(typeof(OllamaEmbedding))]
[JsonSerializable(typeof(OllamaError))]
internal sealed partial class OllamaJson : JsonSerializerContext;
