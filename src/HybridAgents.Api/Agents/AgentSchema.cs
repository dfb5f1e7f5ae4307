using HybridAgents.Api.Budgets;
using HybridAgents.Api.Requests;
using HybridAgents.Core.Privacy;
using HybridAgents.Core.Runs;

namespace HybridAgents.Api.Agents;

/// <summary>The bodies of the agents' routes, field by field with their bounds.</summary>
internal static class AgentSchema
{
    private static readonly TextSchema Name = new(1, 255);
    private static readonly TextSchema Id = new(1, 64);

    /// <summary>Gets the agents that a coordinator may hand work to.</summary>
    public static ListSchema Team { get; } = new(
        new ObjectSchema(new Field("name", Id, Required: true), new Field("agent_id", Id, Required: true), new Field("role", new TextSchema(1, 1000))), 0, SubAgent.MaxTeam);

    private static readonly Field[] AllButName =
    [
        new("description", new TextSchema(0, 1000)),
        new("agent_type", Id),
        new("system_prompt", new TextSchema(0, 32_000)),
        new("provider", Id),
        new("model_id", Name),
        new("tools", new ListSchema(Id, 0, 128)),
        new("temperature", new NumberSchema(0, 2)),
        new("max_tokens", new IntegerSchema(1, 131_072)),
        new("max_turns", new IntegerSchema(1, 100)),
        new("stream", new FlagSchema()),
        new("privacy_level", TextSchema.OneOf(PrivacyLabels.Allowed.Split(", "))),
        new("sub_agents", Team),
        new(BudgetBody.Name, BudgetBody.Schema),
    ];

    /// <summary>Gets an agent as it is replaced.</summary>
    public static ObjectSchema Whole { get; } = new([new("name", Name, Required: true), .. AllButName]);

    /// <summary>Gets an agent as it is made: the caller may choose the id.</summary>
    public static ObjectSchema New { get; } = new([new("agent_id", Id), .. Whole.Fields]);

    /// <summary>Gets changes to an agent.</summary>
    public static ObjectSchema Part { get; } = new([new("name", Name), .. AllButName]);

    /// <summary>Gets what is different in a copy; the id that it shall have may be given.</summary>
    public static ObjectSchema Copy { get; } = new([new("agent_id", Id), .. Part.Fields]);

    /// <summary>Gets an exported agent; the id that it shall have may be added.</summary>
    public static ObjectSchema Import { get; } = new(
        new Field("format", TextSchema.OneOf(AgentExport.CurrentFormat), Required: true), new Field("agent", Whole, Required: true), new Field("agent_id", Id));
}
