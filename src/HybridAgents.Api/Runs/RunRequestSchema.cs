using HybridAgents.Api.Agents;
using HybridAgents.Api.Conversations;
using HybridAgents.Api.Requests;
using HybridAgents.Api.Routing;

namespace HybridAgents.Api.Runs;

/// <summary>The body of a run's start, field by field with its bounds.</summary>
internal static class RunRequestSchema
{
    /// <summary>The most characters of one message, and of the instructions.</summary>
    public const int MaxText = 100_000;

    private static readonly TextSchema Name = new(1, 255);
    private static readonly FlagSchema Flag = new();

    /// <summary>A tool as OpenAI has it: a function definition.</summary>
    private static readonly ObjectSchema FunctionTool = new(
        new Field("type", TextSchema.OneOf("function"), Required: true),
        new Field("function", new ObjectSchema(
            new Field("name", new TextSchema(1, 64), Required: true),
            new Field("description", new TextSchema(0, 4096)),
            new Field("parameters", new AnyObjectSchema(65_536)),
            new Field("strict", Flag)), Required: true));

    private static readonly ObjectSchema Call = new(
        new Field("id", Name, Required: true),
        new Field("type", TextSchema.OneOf("function"), Required: true),
        new Field("function", new ObjectSchema(
            new Field("name", new TextSchema(1, 64), Required: true),
            new Field("arguments", new TextSchema(0, MaxText), Required: true)), Required: true));

    private static readonly ObjectSchema ContentPart = new(
        new Field("type", TextSchema.OneOf("text", "image_url"), Required: true),
        new Field("text", new TextSchema(0, MaxText)),
        new Field("image_url", new ObjectSchema(new Field("url", new TextSchema(1, JsonBody.NativeLimit), Required: true), new Field("detail", TextSchema.OneOf("auto", "low", "high")))));

    private static readonly ObjectSchema Message = new(
        new Field("role", TextSchema.OneOf("system", "user", "assistant", "tool"), Required: true),
        new Field("content", new TextOrListSchema(new TextSchema(0, MaxText), new ListSchema(ContentPart, 1, 100))),
        new Field("name", Name),
        new Field("tool_calls", new ListSchema(Call, 0, 128)),
        new Field("tool_call_id", Name));

    private static readonly ObjectSchema Agent = new(
        new Field("agent_id", Name),
        new Field("agent_type", new TextSchema(1, 64)),
        new Field("instructions", new TextSchema(0, MaxText)),
        new Field("model", Name),
        new Field("tools", new ListSchema(new TextOrObjectSchema(new TextSchema(1, 64), FunctionTool), 0, 128)),
        new Field("temperature", new NumberSchema(0, 2)),
        new Field("max_tokens", new IntegerSchema(1, 131_072)),
        new Field("max_turns", new IntegerSchema(1, 100)),
        new Field("parallel_tools", Flag),
        new Field("sub_agents", AgentSchema.Team));

    private static readonly ObjectSchema Limits = new(
        new Field("timeout_seconds", new IntegerSchema(1, 604_800)),
        new Field("max_cost_usd", new NumberSchema(0, 1_000_000)),
        new Field("max_total_tokens", new IntegerSchema(1, int.MaxValue)));

    private static readonly ObjectSchema Approval = new(
        new Field("tools", new ListSchema(new TextSchema(1, 64), 0, 128)),
        new Field("timeout_seconds", new IntegerSchema(1, 2_592_000)),
        new Field("on_timeout", TextSchema.OneOf("approve", "reject")),
        new Field("on_reject", TextSchema.OneOf("continue", "fail")),
        new Field("after_untrusted", TextSchema.OneOf("ask", "allow")));

    private static readonly Field[] AllButMessages =
    [
        new("agent_config", Agent),
        new("metadata", new AnyObjectSchema(16_384)),
        new("routing_preferences", RoutingPreferencesBody.Schema),
        new("limits", Limits),
        new("approval", Approval),
        new("webhook_url", new TextSchema(1, 2048)),
    ];

    private static readonly ListSchema Messages = new(Message, 1, 500);

    /// <summary>Gets the body of a start.</summary>
    public static ObjectSchema Body { get; } = new(
        [.. AllButMessages, new("messages", Messages, Required: true), new("conversation_id", Name), new(ConversationTurn.StrategyField, ConversationTurn.StrategySchema)]);

    /// <summary>Gets the body of a workflow's start.</summary>
    public static ObjectSchema Workflow { get; } = new(
        [new("inputs", new AnyObjectSchema(524_288)), new("model", Name), .. AllButMessages.Where(static field => field.Name != "agent_config")]);

    /// <summary>Gets the body of a fork.</summary>
    public static ObjectSchema Fork { get; } = new(
        new Field("from_turn", new IntegerSchema(0, 100), Required: true),
        new Field("overrides", new ObjectSchema([.. AllButMessages, new("messages", Messages)])));
}
