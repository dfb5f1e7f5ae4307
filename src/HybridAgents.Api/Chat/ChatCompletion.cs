using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridAgents.Api.Chat;

/// <summary>A chat completion, as the OpenAPI document shows it.</summary>
/// <param name="Id">The id.</param>
/// <param name="Object"><c>chat.completion</c>.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">The model that answered, as its provider names it.</param>
/// <param name="Choices">The answers, `n` of them.</param>
/// <param name="Usage">Tokens.</param>
/// <param name="Message">The first answer once more.</param>
/// <param name="Provider">The provider that answered.</param>
/// <param name="RoutingMetrics">Why it was chosen.</param>
public sealed record ChatCompletion(
    string Id, string Object, long Created, string Model, IReadOnlyList<ChatChoice> Choices, ChatUsage Usage, ChatMessage Message, string Provider, ChatMetrics RoutingMetrics);

/// <summary>An answer.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Message">The message.</param>
/// <param name="Logprobs">Token probabilities; null unless asked for.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>.</param>
public sealed record ChatChoice(int Index, ChatMessage Message, JsonElement? Logprobs, string FinishReason);

/// <summary>A message of an assistant.</summary>
/// <param name="Role"><c>assistant</c>.</param>
/// <param name="Content">The text; null when there are only tool calls.</param>
/// <param name="Refusal">Null.</param>
/// <param name="ToolCalls">Tool calls; absent if there are none.</param>
public sealed record ChatMessage(
    string Role, string? Content, string? Refusal, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JsonElement>? ToolCalls);

/// <summary>Tokens of a call.</summary>
public sealed record ChatUsage(int PromptTokens, int CompletionTokens, int TotalTokens);
