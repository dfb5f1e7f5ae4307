using System.Globalization;
using System.Text;

namespace HybridAgents.Core.Workflows;

/// <summary>Draws a workflow as a Mermaid flow chart.</summary>
public static class WorkflowGraph
{
    /// <summary>The chart.</summary>
    public static string Draw(WorkflowDefinition workflow)
    {
        Drawing drawing = new();
        drawing.Line("flowchart TD");
        drawing.Line("start([start])");
        List<Way> ends = drawing.List(workflow.Steps, [new("start")]);
        drawing.Line("finish([end])");
        drawing.Join(ends, "finish");
        return drawing.ToString();
    }

    /// <summary>A way out of a node, with what it is called.</summary>
    private readonly record struct Way(string From, string? Label = null);

    private sealed class Drawing
    {
        private const int MaxLabel = 60;

        private readonly StringBuilder _text = new();
        private int _indent;

        public void Line(string line) => _text.Append(' ', 4 * _indent).Append(line).Append('\n');

        public void Join(IEnumerable<Way> ways, string to)
        {
            foreach ((string from, string? label) in ways)
                Line(label is null ? $"{from} --> {to}" : $"{from} -->|\"{Escape(label)}\"| {to}");
        }

        /// <summary>Draws a list of steps behind <paramref name="ways"/>; gives the ways out of it.</summary>
        public List<Way> List(IReadOnlyList<WorkflowStep> steps, IReadOnlyList<Way> ways)
        {
            List<Way>[] into = [.. steps.Select(static _ => new List<Way>()).Append([])];
            into[0].AddRange(ways);
            for (int index = 0; index < steps.Count; index++)
            {
                int target = steps[index].Next switch
                {
                    null => index + 1,
                    WorkflowStep.End => steps.Count,
                    var next => steps.ToList().FindIndex(step => step.Id == next) is > 0 and var found ? found : index + 1,
                };
                into[target].AddRange(Step(steps[index], into[index]));
            }

            return into[^1];
        }

        public override string ToString() => _text.ToString();

        private IReadOnlyList<Way> Step(WorkflowStep step, IReadOnlyList<Way> ways)
        {
            string node = $"step_{step.Id}";
            switch (step)
            {
                case LoopStep loop:
                    Line($"subgraph {node}_rounds[\"{step.Id}: at most {loop.MaxIterations} rounds\"]");
                    _indent++;
                    Line($"{node}(({step.Id}))");
                    List<Way> round = List(loop.Steps, [new(node)]);
                    Line($"{node}_until{{\"{Escape(loop.Until)}\"}}");
                    Join(round, $"{node}_until");
                    Join([new($"{node}_until", "no")], node);
                    Close();
                    Join(ways, node);
                    return [new($"{node}_until", "yes")];
                case BranchStep:
                    Line($"{node}{{\"{step.Id}\"}}");
                    Join(ways, node);
                    return [.. step.Blocks.SelectMany(block => List(block.Steps, [new(node, block.Name)]))];
                case ParallelStep parallel:
                    string title = parallel.Items is { } items ? $"{step.Id}: for each of {items}" : step.Id;
                    Line($"subgraph {node}_side_by_side[\"{Escape(title)}\"]");
                    _indent++;
                    Line($"{node}[/{step.Id}\\]");
                    List<Way> ends = [.. step.Blocks.SelectMany(block => List(block.Steps, [new(node, block.Name)]))];
                    Line($"{node}_join[\\join/]");
                    Join(ends, $"{node}_join");
                    Close();
                    Join(ways, node);
                    return [new($"{node}_join")];
                default:
                    Line($"{node}{Shape(step)}");
                    Join(ways, node);
                    return [new(node)];
            }
        }

        private void Close()
        {
            _indent--;
            Line("end");
        }

        private static string Shape(WorkflowStep step)
        {
            string label = Escape($"{step.Id}\n{What(step)}").Replace("\n", "<br/>", StringComparison.Ordinal);
            return step switch
            {
                ApprovalStep => $"{{{{\"{label}\"}}}}",
                WaitStep => $"([\"{label}\"])",
                SubWorkflowStep => $"[[\"{label}\"]]",
                _ => $"[\"{label}\"]",
            };
        }

        private static string What(WorkflowStep step) => step switch
        {
            AgentStep agent => $"agent {agent.Agent}",
            ToolStep tool => $"tool {tool.Tool}",
            HandoffStep handoff => $"handoff {string.Join(", ", handoff.Agents.Select(static agent => agent.Name))}",
            SubWorkflowStep other => $"workflow {other.Workflow}",
            WaitStep { Event: { } name } => $"wait for {name}",
            WaitStep { Seconds: { } seconds } => string.Create(CultureInfo.InvariantCulture, $"wait {seconds} s"),
            WaitStep => "wait until",
            _ => step.Type,
        };

        private static string Escape(string text)
        {
            text = text.Length <= MaxLabel ? text : text[..MaxLabel] + "…";
            return text.Replace("&", "#amp;", StringComparison.Ordinal).Replace("\"", "#quot;", StringComparison.Ordinal).Replace("<", "#lt;", StringComparison.Ordinal)
                .Replace(">", "#gt;", StringComparison.Ordinal).Replace("|", "#124;", StringComparison.Ordinal);
        }
    }
}
