using HybridAgents.Api.Conversations;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routing;
using HybridAgents.Api.Runs;

namespace HybridAgents.Api.Chat;

/// <summary>The body of a chat completion as OpenAI has it. Fields that change the answer and that no model here could honour are refused by name; unknown ones are ignored.</summary>
internal static class ChatRequestSchema
{
    private static readonly TextSchema AnyText = new(0, JsonBody.OpenAILimit);
    private static readonly TextSchema Name = new(1, 255);
    private static readonly TextSchema FunctionName = new(1, 64);
    private static readonly FlagSchema Flag = new();
    private static readonly IntegerSchema Tokens = new(1, 10_000_000);
    private static readonly NumberSchema Penalty = new(-2, 2);

    private static readonly ObjectSchema ContentPart = new(
        new Field("type", TextSchema.OneOf("text", "image_url", "refusal"), Required: true),
        new Field("text", AnyText),
        new Field("image_url", new ObjectSchema(new Field("url", AnyText, Required: true), new Field("detail", TextSchema.OneOf("auto", "low", "high"))) { Open = true }),
        new Field("refusal", AnyText))
    { Open = true };

    private static readonly ObjectSchema Call = new(
        new Field("id", Name, Required: true),
        new Field("type", TextSchema.OneOf("function")),
        new Field("function", new ObjectSchema(
            new Field("name", FunctionName, Required: true),
            new Field("arguments", AnyText, Required: true))
        { Open = true }, Required: true))
    { Open = true };

    private static readonly ObjectSchema Message = new(
        new Field("role", TextSchema.OneOf("system", "developer", "user", "assistant", "tool"), Required: true),
        new Field("content", new TextOrListSchema(AnyText, new ListSchema(ContentPart, 0, 10_000))),
        new Field("refusal", AnyText),
        new Field("name", Name),
        new Field("tool_calls", new ListSchema(Call, 0, 128)),
        new Field("tool_call_id", Name),
        new Field("audio", new UnsupportedSchema("send text")),
        new Field("function_call", new UnsupportedSchema("use tool_calls")))
    { Open = true };

    private static readonly ObjectSchema Tool = new(
        new Field("type", TextSchema.OneOf("function"), Required: true),
        new Field("function", new ObjectSchema(
            new Field("name", FunctionName, Required: true),
            new Field("description", AnyText),
            new Field("parameters", new AnyObjectSchema(JsonBody.OpenAILimit)),
            new Field("strict", Flag))
        { Open = true }, Required: true))
    { Open = true };

    private static readonly ObjectSchema NamedTool = new(
        new Field("type", TextSchema.OneOf("function"), Required: true),
        new Field("function", new ObjectSchema(new Field("name", FunctionName, Required: true)), Required: true));

    private static readonly ObjectSchema ResponseFormat = new(
        new Field("type", TextSchema.OneOf("text", "json_object", "json_schema"), Required: true),
        new Field("json_schema", new ObjectSchema(
            new Field("name", FunctionName, Required: true),
            new Field("description", AnyText),
            new Field("schema", new AnyObjectSchema(JsonBody.OpenAILimit), Required: true),
            new Field("strict", Flag))));

    private static readonly Field[] AllButMessages =
    [
        new("model", Name),
        new("tools", new ListSchema(Tool, 0, 128)),
        new("tool_choice", new TextOrObjectSchema(TextSchema.OneOf("none", "auto", "required"), NamedTool)),
        new("parallel_tool_calls", Flag),
        new("temperature", new NumberSchema(0, 2)),
        new("top_p", new NumberSchema(0, 1)),
        new("frequency_penalty", Penalty),
        new("presence_penalty", Penalty),
        new("seed", new IntegerSchema(int.MinValue, int.MaxValue)),
        new("stop", new TextOrListSchema(new TextSchema(1, 1000), new ListSchema(new TextSchema(1, 1000), 0, 4))),
        new("max_tokens", Tokens),
        new("max_completion_tokens", Tokens),
        new("n", new IntegerSchema(1, 8)),
        new("logprobs", Flag),
        new("top_logprobs", new IntegerSchema(0, 20)),
        new("response_format", ResponseFormat),
        new("reasoning_effort", TextSchema.OneOf("none", "minimal", "low", "medium", "high", "xhigh")),
        new("stream", Flag),
        new("stream_options", new ObjectSchema(new Field("include_usage", Flag)) { Open = true }),
        new("routing_preferences", RoutingPreferencesBody.Schema),
        new("auth_override", new ObjectSchema(new Field("api_key", new TextSchema(1, 1024), Required: true), new Field("provider", new TextSchema(1, 64)))),
        new("modalities", new ListSchema(TextSchema.OneOf("text"), 0, 1)),
        new("audio", new UnsupportedSchema("answers are text")),
        new("logit_bias", new UnsupportedSchema("leave it out")),
        new("prediction", new UnsupportedSchema("leave it out")),
        new("verbosity", new UnsupportedSchema("say so in a message")),
        new("web_search_options", new UnsupportedSchema("offer a tool")),
        new("functions", new UnsupportedSchema("use tools")),
        new("function_call", new UnsupportedSchema("use tool_choice")),
    ];

    private static readonly ListSchema Messages = new(Message, 1, 100_000);

    /// <summary>Gets the body.</summary>
    public static ObjectSchema Body { get; } = new([.. AllButMessages, new("messages", Messages, Required: true)]) { Open = true };

    /// <summary>Gets the body that may have one message of the user instead of a conversation.</summary>
    public static ObjectSchema Short { get; } = new(
    [
        .. AllButMessages,
        new("messages", Messages),
        new("message", new TextSchema(1, RunRequestSchema.MaxText)),
        new("agent_type", new TextSchema(1, 64)),
        new("session_id", Name),
        new(ConversationTurn.StrategyField, ConversationTurn.StrategySchema),
    ])
    { Open = true };
}
