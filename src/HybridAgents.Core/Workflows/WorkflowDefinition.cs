using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridAgents.Core.Workflows;

/// <summary>A declared process of agents, tools, people and waits. What it names (agents, tools, other workflows) is looked up when a run of it begins.</summary>
public sealed record WorkflowDefinition
{
    /// <summary>The most steps, all levels together.</summary>
    public const int MaxSteps = 200;

    /// <summary>How deep lists of steps may be nested in steps.</summary>
    public const int MaxDepth = 5;

    /// <summary>The most bytes of a definition as JSON.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Gets what its owner calls it, 1 to 255 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it is for; null if nobody said.</summary>
    public string? Description { get; init; }

    /// <summary>Gets what a run is given, by name.</summary>
    public IReadOnlyDictionary<string, WorkflowInput> Inputs { get; init; } = new Dictionary<string, WorkflowInput>();

    /// <summary>Gets the steps, in order.</summary>
    public required IReadOnlyList<WorkflowStep> Steps { get; init; }

    /// <summary>Gets what a run comes to, a template; null for what its last step came to.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Gets every step with its path in the document, outer ones first.</summary>
    [JsonIgnore]
    public IEnumerable<(WorkflowStep Step, string Path)> AllSteps => Walk(Steps, "steps");

    private static IEnumerable<(WorkflowStep Step, string Path)> Walk(IReadOnlyList<WorkflowStep> steps, string path)
    {
        for (int index = 0; index < steps.Count; index++)
        {
            string at = $"{path}[{index}]";
            yield return (steps[index], at);
            foreach (StepBlock block in steps[index].Blocks)
            {
                foreach ((WorkflowStep Step, string Path) inner in Walk(block.Steps, $"{at}.{block.Path}"))
                    yield return inner;
            }
        }
    }
}

/// <summary>Something that a run is given.</summary>
public sealed record WorkflowInput
{
    /// <summary>Gets its JSON type.</summary>
    public InputType Type { get; init; }

    /// <summary>Gets what it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Gets whether a run must be given it; what is neither required nor given nor has a default is null.</summary>
    public bool Required { get; init; } = true;

    /// <summary>Gets what it is when it is not given; null for none.</summary>
    public JsonElement? Default { get; init; }
}

/// <summary>The type of an input.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<InputType>))]
public enum InputType
{
    String,
    Number,
    Boolean,
    Array,
    Object,
}
