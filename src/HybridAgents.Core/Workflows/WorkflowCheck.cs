using System.Text.Json;
using System.Text.RegularExpressions;

namespace HybridAgents.Core.Workflows;

/// <summary>Finds what the form of a workflow does not show: ids used twice, steps that cannot be reached, cycles, references to what cannot be there, types that do not fit.</summary>
public static partial class WorkflowCheck
{
    private const int MaxInputs = 50;

    /// <summary>Checks a workflow whose form is right.</summary>
    /// <returns>What is wrong; empty if nothing is.</returns>
    public static IReadOnlyList<WorkflowFault> Check(WorkflowDefinition workflow)
    {
        List<WorkflowFault> faults = [];
        CheckInputs(workflow, faults);
        Dictionary<string, string> ids = [];
        foreach ((WorkflowStep step, string path) in workflow.AllSteps)
        {
            if (step.Id == WorkflowStep.End)
                faults.Add(new($"{path}.id", $"must not be '{WorkflowStep.End}', which next uses for the end of a list"));
            else if (!ids.TryAdd(step.Id, path))
                faults.Add(new($"{path}.id", $"is '{step.Id}', as {ids[step.Id]} is; ids must be unique in the workflow"));
        }

        if (workflow.AllSteps.Count() > WorkflowDefinition.MaxSteps)
            faults.Add(new("steps", $"has more than {WorkflowDefinition.MaxSteps} steps, all levels together"));
        new FlowCheck(workflow, faults).Run();
        return [.. faults.Take(WorkflowSchema.MaxFaults)];
    }

    /// <summary>What a run is given, with defaults and nulls for what is not.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="given">An object, or null for nothing.</param>
    /// <param name="faults">Takes what is wrong, with paths within <paramref name="given"/>.</param>
    public static JsonElement ReadInputs(WorkflowDefinition workflow, JsonElement? given, List<WorkflowFault> faults)
    {
        Dictionary<string, JsonElement?> inputs = [];
        foreach ((string name, WorkflowInput input) in workflow.Inputs)
        {
            JsonElement? value = given is { ValueKind: JsonValueKind.Object } all && all.TryGetProperty(name, out JsonElement found) && found.ValueKind != JsonValueKind.Null ? found : input.Default;
            if (value is null && input.Required)
                faults.Add(new(name, $"is required: {Article(input.Type)}"));
            else if (value is { } present && !Fits(input.Type, present))
                faults.Add(new(name, $"must be {Article(input.Type)}"));
            inputs[name] = value;
        }

        if (given is { ValueKind: JsonValueKind.Object } members)
        {
            foreach (JsonProperty member in members.EnumerateObject().Where(member => !workflow.Inputs.ContainsKey(member.Name)))
                faults.Add(new(member.Name.Length <= 64 ? member.Name : member.Name[..64], $"is no input of this workflow; it has: {(inputs.Count == 0 ? "none" : string.Join(", ", inputs.Keys))}"));
        }

        return JsonSerializer.SerializeToElement(inputs);
    }

    private static void CheckInputs(WorkflowDefinition workflow, List<WorkflowFault> faults)
    {
        if (workflow.Inputs.Count > MaxInputs)
            faults.Add(new("inputs", $"has more than {MaxInputs} members"));
        foreach ((string name, WorkflowInput input) in workflow.Inputs)
        {
            if (!NamePattern().IsMatch(name))
                faults.Add(new($"inputs.{(name.Length <= 64 ? name : name[..64])}", "must begin with a lower-case letter, and have lower-case letters, digits and _ only, 64 at most"));
            if (input.Default is { } value && !Fits(input.Type, value))
                faults.Add(new($"inputs.{name}.default", $"must be {Article(input.Type)}"));
        }
    }

    private static bool Fits(InputType type, JsonElement value) => type switch
    {
        InputType.String => value.ValueKind == JsonValueKind.String,
        InputType.Number => value.ValueKind == JsonValueKind.Number,
        InputType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        InputType.Array => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Object,
    };

    private static string Article(InputType type) => type switch
    {
        InputType.Array => "an array",
        InputType.Object => "an object",
        InputType.Boolean => "true or false",
        _ => $"a {type.ToString().ToLowerInvariant()}",
    };

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,63}\z")]
    private static partial Regex NamePattern();
}
