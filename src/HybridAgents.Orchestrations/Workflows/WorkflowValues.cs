using System.Text.Json;
using HybridAgents.Core.Workflows;
using HybridAgents.Core.Workflows.Expressions;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>What the expressions of a run read. Outputs are fetched when an expression is about to read them.</summary>
/// <param name="task">The run's task.</param>
/// <param name="outputs">Fetches what a step came to.</param>
internal sealed class WorkflowValues(WorkflowTask task, Func<string, WorkflowState, Task<JsonElement>> outputs) : IExpressionScope
{
    private readonly Dictionary<string, JsonElement> _steps = new(StringComparer.Ordinal);
    private int _round;

    public JsonElement Get(string name) => name switch
    {
        "input" => task.Inputs,
        "loop" when _round > 0 => Values.Of(new Dictionary<string, int> { ["iteration"] = _round }),
        _ => task.Names.GetValueOrDefault(name, Values.Null),
    };

    public JsonElement Step(string id) => _steps.GetValueOrDefault(id, Values.Null);

    /// <summary>What is known in a block of the step that the run is at.</summary>
    public Dictionary<string, JsonElement> Names(WorkflowState state)
    {
        Enter(state);
        Dictionary<string, JsonElement> names = new(task.Names);
        if (_round > 0)
            names["loop"] = Get("loop");
        return names;
    }

    public async Task<bool> HoldsAsync(string condition, WorkflowState state)
    {
        Expression expression = Expression.Parse(condition);
        await FetchAsync(expression.Steps, state);
        return Values.Holds(expression.Evaluate(this));
    }

    public async Task<JsonElement> EvaluateAsync(string text, WorkflowState state)
    {
        Template template = Template.Parse(text);
        await FetchAsync(template.Expressions.SelectMany(static expression => expression.Steps), state);
        return template.Evaluate(this);
    }

    public async Task<string> RenderAsync(string text, WorkflowState state) => Values.Text(await EvaluateAsync(text, state));

    public async Task<JsonElement> ExpandAsync(JsonElement value, WorkflowState state)
    {
        foreach ((_, string text) in Template.In(value, ""))
            await FetchAsync(Template.Parse(text).Expressions.SelectMany(static expression => expression.Steps), state);
        return Template.Expand(value, this);
    }

    private async Task FetchAsync(IEnumerable<string> steps, WorkflowState state)
    {
        Enter(state);
        foreach (string id in steps.Distinct())
            _steps[id] = await outputs(id, state);
    }

    private void Enter(WorkflowState state) => _round = state.Frames.LastOrDefault(static frame => frame.Round > 0)?.Round ?? 0;
}
