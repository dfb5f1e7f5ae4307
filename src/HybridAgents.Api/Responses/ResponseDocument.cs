using System.Text.Json;
using System.Text.Json.Serialization;
using HybridAgents.Core.Models;

namespace HybridAgents.Api.Responses;

/// <summary>A response, field by field as OpenAI has it, and <c>provider</c> beside.</summary>
public sealed record ResponseDocument
{
    public required string Id { get; init; }
    public string Object { get; init; } = "response";

    /// <summary>Unix seconds.</summary>
    public required long CreatedAt { get; init; }

    /// <summary><c>queued</c>, <c>in_progress</c>, <c>completed</c>, <c>incomplete</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }
    public bool Background { get; init; }
    public long? CompletedAt { get; init; }
    public ResponseFault? Error { get; init; }
    public ResponseIncomplete? IncompleteDetails { get; init; }
    public string? Instructions { get; init; }
    public int? MaxOutputTokens { get; init; }

    /// <summary>The model that answered; until there is one, the one that was asked for.</summary>
    public required string Model { get; init; }

    /// <summary>The provider that answered.</summary>
    public string? Provider { get; init; }

    /// <summary>Items of the types <c>message</c> and <c>function_call</c>.</summary>
    public IReadOnlyList<object> Output { get; init; } = [];
    public bool ParallelToolCalls { get; init; }
    public string? PreviousResponseId { get; init; }
    public required ResponseReasoning Reasoning { get; init; }
    public bool Store { get; init; }
    public double? Temperature { get; init; }
    public required ResponseText Text { get; init; }

    /// <summary>A word, or the function that must be called.</summary>
    public required object ToolChoice { get; init; }
    public IReadOnlyList<ResponseTool> Tools { get; init; } = [];
    public double? TopP { get; init; }
    public required string Truncation { get; init; }

    /// <summary>Null until the end.</summary>
    public ResponseUsage? Usage { get; init; }
    public object? User { get; init; }
    public required JsonElement Metadata { get; init; }
}

/// <summary>Why a response failed.</summary>
/// <param name="Code">One of OpenAI's: <c>server_error</c>, <c>rate_limit_exceeded</c> or <c>invalid_prompt</c>.</param>
/// <param name="Message">Our own code, and what happened.</param>
public sealed record ResponseFault(string Code, string Message);

/// <summary>Why an answer is not whole.</summary>
/// <param name="Reason"><c>max_output_tokens</c> or <c>content_filter</c>.</param>
public sealed record ResponseIncomplete(string Reason);

/// <summary>How long the model thinks.</summary>
public sealed record ResponseReasoning(string? Effort, string? Summary = null);

/// <summary>The form of the answer.</summary>
public sealed record ResponseText(ResponseFormat Format);

/// <summary>The form of the answer.</summary>
/// <param name="Type"><c>text</c>, <c>json_object</c> or <c>json_schema</c>.</param>
public sealed record ResponseFormat(string Type)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Schema { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Strict { get; init; }

    internal static ResponseFormat Of(AnswerFormat? format) => format switch
    {
        null => new("text"),
        { Schema: null } => new("json_object"),
        _ => new("json_schema") { Name = format.Name, Description = format.Description, Schema = format.Schema, Strict = format.Strict },
    };
}

/// <summary>A tool of the client.</summary>
public sealed record ResponseTool(string Type, string Name, string Description, JsonElement Parameters, bool? Strict);

/// <summary>Tokens.</summary>
public sealed record ResponseUsage(long InputTokens, ResponseInputDetails InputTokensDetails, long OutputTokens, ResponseOutputDetails OutputTokensDetails, long TotalTokens);

/// <summary>Tokens of the input.</summary>
public sealed record ResponseInputDetails(long CachedTokens);

/// <summary>Tokens of the answer.</summary>
public sealed record ResponseOutputDetails(long ReasoningTokens);

/// <summary>An item of the output: the answer's text.</summary>
public sealed record ResponseMessage(string Id, string Type, string Status, string Role, IReadOnlyList<ResponseTextPart> Content);

/// <summary>A part of a message.</summary>
public sealed record ResponseTextPart(string Type, string Text, IReadOnlyList<object> Annotations, IReadOnlyList<object> Logprobs);

/// <summary>An item of the output: a call of a tool that the client runs.</summary>
public sealed record ResponseCall(string Id, string Type, string Status, string CallId, string Name, string Arguments);
