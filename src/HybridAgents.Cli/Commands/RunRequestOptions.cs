using System.CommandLine;
using System.Text.Json.Nodes;

namespace HybridAgents.Cli.Commands;

/// <summary>The options of <c>run</c> that become fields of the request. What is not given is left to the server.</summary>
internal sealed class RunRequestOptions
{
    private readonly Option<string?> _model = new("--model") { Description = "auto, provider:model or a model's name.", HelpName = "MODEL" };
    private readonly Option<string?> _provider = new("--provider") { Description = "The only provider allowed.", HelpName = "NAME" };
    private readonly Option<string?> _tools = new("--tools") { Description = "The tools offered to the model, separated by commas; empty for none. Default: the agent's own.", HelpName = "A,B" };
    private readonly Option<string?> _privacy = new("--privacy") { Description = "How far the text may travel; text that looks private raises it by itself.", HelpName = "LEVEL" };
    private readonly Option<string?> _latency = new("--latency") { Description = "What is valued most.", HelpName = "PREFERENCE" };
    private readonly Option<string?> _agentType = new("--agent-type") { Description = "The kind of agent, such as general, research or coding.", HelpName = "TYPE" };
    private readonly Option<string?> _instructions = new("--instructions") { Description = "Instructions beside the agent's own.", HelpName = "TEXT" };
    private readonly Option<int?> _maxTurns = new("--max-turns") { Description = "The most model calls, 1 to 100.", HelpName = "N" };
    private readonly Option<int?> _timeout = new("--timeout") { Description = "The run's longest life in seconds, 1 to 604800.", HelpName = "SECONDS" };

    public RunRequestOptions()
    {
        _privacy.AcceptOnlyFromAmong("standard", "private", "local_only", "public", "high", "max");
        _latency.AcceptOnlyFromAmong("balanced", "speed", "quality", "cost");
        Bound(_maxTurns, 1, 100);
        Bound(_timeout, 1, 604_800);
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_model, _provider, _tools, _privacy, _latency, _agentType, _instructions, _maxTurns, _timeout])
            command.Add(option);
    }

    /// <summary>The body of the start.</summary>
    public JsonObject ToRequest(ParseResult parsed, string prompt)
    {
        JsonObject agent = [];
        Set(agent, "model", parsed.GetValue(_model));
        Set(agent, "agent_type", parsed.GetValue(_agentType));
        Set(agent, "instructions", parsed.GetValue(_instructions));
        Set(agent, "max_turns", parsed.GetValue(_maxTurns));
        if (parsed.GetValue(_tools) is { } tools)
            agent["tools"] = new JsonArray([.. tools.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static name => JsonValue.Create(name))]);

        JsonObject routing = [];
        Set(routing, "force_provider", parsed.GetValue(_provider));
        Set(routing, "privacy_level", parsed.GetValue(_privacy));
        Set(routing, "latency_preference", parsed.GetValue(_latency));

        JsonObject limits = [];
        Set(limits, "timeout_seconds", parsed.GetValue(_timeout));

        return new()
        {
            ["agent_config"] = agent,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
            ["routing_preferences"] = routing,
            ["limits"] = limits,
        };
    }

    private static void Set<T>(JsonObject target, string name, T? value)
    {
        if (value is not null)
            target[name] = JsonValue.Create(value);
    }

    private static void Bound(Option<int?> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out int value) || value < least || value > most))
            result.AddError($"{option.Name} is '{text}'; allowed: {least} to {most}.");
    });
}
