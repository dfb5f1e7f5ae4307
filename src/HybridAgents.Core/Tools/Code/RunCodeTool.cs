using HybridAgents.Sandbox;

namespace HybridAgents.Core.Tools.Code;

/// <summary>The tool <c>run_code</c>: JavaScript in a process of its own, with nothing but the language.</summary>
internal sealed class RunCodeTool(RunCodeOptions options, CodeSandbox sandbox) : ITool, IDisposable
{
    /// <summary>The most that start and waiting for one's turn may take beside the code itself.</summary>
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(60);

    public ToolDefinition Definition { get; } = new()
    {
        Name = "run_code",
        Description = "Runs JavaScript and returns what it prints with console.log and the value of its last expression. For exact calculations on lists, text and dates. "
            + "The language is ES5 with let, const, classes, for-of, template strings, Map, Set and typed arrays; no arrow functions, spread, destructuring, async or generators. "
            + $"No network, no files, no modules; {options.TimeoutSeconds} s and {options.MemoryMegabytes} MB.",
        Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds) + Overhead,
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": { "code": { "type": "string", "minLength": 1, "maxLength": 50000, "description": "JavaScript; its last expression is the result" } },
              "required": ["code"],
              "additionalProperties": false
            }
            """),
    };

    public async Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        CodeAnswer? answer = await sandbox.RunAsync(call.Arguments.GetProperty("code").GetString()!, cancellationToken);
        if (answer is null)
            return ToolOutput.Error($"The code ended its process; the usual reason is more memory than the {options.MemoryMegabytes} MB there are.");
        IEnumerable<string> lines = answer.Printed;
        if (answer.Cut)
            lines = lines.Append("[what came after is left out: the output is too long]");
        if (answer.Error is null)
            return new(string.Join('\n', lines.Append(answer.Result is { } result ? $"Result: {result}" : "No result.")));
        string hint = answer.Error.StartsWith("SyntaxError", StringComparison.Ordinal) ? "\nArrow functions, spread, destructuring, async and generators are not understood; write function (x) { return …; } and plain assignments." : "";
        return ToolOutput.Error(string.Join('\n', lines.Append(answer.Error + hint)));
    }

    public void Dispose() => sandbox.Dispose();
}
