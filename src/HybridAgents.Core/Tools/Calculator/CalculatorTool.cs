namespace HybridAgents.Core.Tools.Calculator;

/// <summary>The tool <c>calculator</c>: answers with the value alone, such as <c>391</c>.</summary>
public sealed class CalculatorTool : ITool
{
    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = "calculator",
        Description = "Evaluates an arithmetic expression and returns its value. Operators + - * / % ^ and parentheses; constants pi, tau, e; functions such as sqrt, round, min, max, ln, log, sin.",
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": { "expression": { "type": "string", "minLength": 1, "maxLength": 1000, "description": "For example (3 + 4) * 2 ^ 10 / sqrt(2)" } },
              "required": ["expression"],
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(new ToolOutput(Expression.Evaluate(call.Arguments.GetProperty("expression").GetString()!).ToString()));
        }
        catch (CalculatorException error)
        {
            return Task.FromResult(ToolOutput.Error(error.Message));
        }
    }
}
