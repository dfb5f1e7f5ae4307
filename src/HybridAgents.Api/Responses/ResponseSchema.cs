using HybridAgents.Api.Requests;
using HybridAgents.Api.Routing;

namespace HybridAgents.Api.Responses;

/// <summary>The body of a response as OpenAI has it. Fields that change the answer and that cannot be honoured are refused by name; unknown ones are ignored.</summary>
internal static class ResponseSchema
{
    private static readonly TextSchema AnyText = new(0, JsonBody.OpenAILimit);
    private static readonly TextSchema Name = new(1, 255);
    private static readonly TextSchema FunctionName = new(1, 64);
    private static readonly FlagSchema Flag = new();

    private static readonly ListSchema Parts = new(
        new ObjectSchema(
            new Field("type", TextSchema.OneOf("input_text", "input_image", "output_text", "refusal"), Required: true),
            new Field("text", AnyText),
            new Field("refusal", AnyText),
            new Field("image_url", AnyText),
            new Field("detail", TextSchema.OneOf("auto", "low", "high")),
            new Field("file_id", new UnsupportedSchema("send image_url")))
        { Open = true },
        0,
        10_000);

    private static readonly ObjectSchema Item = new(
        new Field("type", TextSchema.OneOf("message", "function_call", "function_call_output")),
        new Field("role", TextSchema.OneOf("user", "system", "developer", "assistant")),
        new Field("content", new TextOrListSchema(AnyText, Parts)),
        new Field("call_id", Name),
        new Field("name", FunctionName),
        new Field("arguments", AnyText),
        new Field("output", new TextOrListSchema(AnyText, Parts)))
    { Open = true };

    private static readonly ObjectSchema Tool = new(
        new Field("type", TextSchema.OneOf("function"), Required: true),
        new Field("name", FunctionName, Required: true),
        new Field("description", AnyText),
        new Field("parameters", new AnyObjectSchema(JsonBody.OpenAILimit)),
        new Field("strict", Flag))
    { Open = true };

    private static readonly ObjectSchema Format = new(
        new Field("type", TextSchema.OneOf("text", "json_object", "json_schema"), Required: true),
        new Field("name", FunctionName),
        new Field("description", AnyText),
        new Field("schema", new AnyObjectSchema(JsonBody.OpenAILimit)),
        new Field("strict", Flag));

    /// <summary>Gets the body.</summary>
    public static ObjectSchema Body { get; } = new(
        new Field("model", Name),
        new Field("input", new TextOrListSchema(new TextSchema(1, JsonBody.OpenAILimit), new ListSchema(Item, 1, 100_000)), Required: true),
        new Field("instructions", AnyText),
        new Field("previous_response_id", Name),
        new Field("tools", new ListSchema(Tool, 0, 128)),
        new Field("tool_choice", new TextOrObjectSchema(TextSchema.OneOf("none", "auto", "required"), new ObjectSchema(
            new Field("type", TextSchema.OneOf("function"), Required: true),
            new Field("name", FunctionName, Required: true)))),
        new Field("parallel_tool_calls", Flag),
        new Field("temperature", new NumberSchema(0, 2)),
        new Field("top_p", new NumberSchema(0, 1)),
        new Field("max_output_tokens", new IntegerSchema(1, 10_000_000)),
        new Field("text", new ObjectSchema(new Field("format", Format), new Field("verbosity", new UnsupportedSchema("say so in a message"))) { Open = true }),
        new Field("reasoning", new ObjectSchema(
            new Field("effort", TextSchema.OneOf("none", "minimal", "low", "medium", "high", "xhigh")),
            new Field("summary", new UnsupportedSchema("no reasoning is shown")),
            new Field("generate_summary", new UnsupportedSchema("no reasoning is shown")))
        { Open = true }),
        new Field("truncation", TextSchema.OneOf("auto", "disabled")),
        new Field("stream", Flag),
        new Field("background", Flag),
        new Field("store", Flag),
        new Field("metadata", new AnyObjectSchema(16 * 1024)),
        new Field("routing_preferences", RoutingPreferencesBody.Schema),
        new Field("include", new ListSchema(TextSchema.OneOf("reasoning.encrypted_content", "message.input_image.image_url"), 0, 8)),
        new Field("top_logprobs", new UnsupportedSchema("use /v1/chat/completions")),
        new Field("conversation", new UnsupportedSchema("use previous_response_id")),
        new Field("prompt", new UnsupportedSchema("send instructions and input")),
        new Field("auth_override", new UnsupportedSchema("use /v1/chat/completions: a run keeps no credential")))
    { Open = true };
}
