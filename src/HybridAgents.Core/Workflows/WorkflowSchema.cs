using System.Text.Json;
using System.Text.Json.Nodes;
using HybridAgents.Core.Tools;

namespace HybridAgents.Core.Workflows;

/// <summary>The form of a workflow: the published JSON Schema, applied step by step, so that a fault names the field and not only the step that fits no type.</summary>
public static class WorkflowSchema
{
    private const string Steps = "steps";

    /// <summary>The most faults that are collected.</summary>
    internal const int MaxFaults = 50;

    /// <summary>Gets the published schema.</summary>
    public static JsonElement Document { get; } = Load();

    private static readonly JsonObject Shallow = MakeShallow();
    private static readonly JsonElement Whole = JsonSerializer.SerializeToElement(Shallow);
    private static readonly Dictionary<string, JsonElement> Types = Shallow["$defs"]!["step"]!["oneOf"]!.AsArray()
        .Select(static type => type!["$ref"]!.GetValue<string>())
        .ToDictionary(static pointer => pointer["#/$defs/".Length..], static pointer => JsonSerializer.SerializeToElement(new JsonObject { ["$ref"] = pointer, ["$defs"] = Shallow["$defs"]!.DeepClone() }));

    /// <summary>Reads a workflow.</summary>
    /// <param name="json">The document.</param>
    /// <param name="faults">Takes what is wrong with its form.</param>
    /// <returns>The workflow; null if anything is wrong.</returns>
    public static WorkflowDefinition? Read(JsonElement json, List<WorkflowFault> faults)
    {
        if (System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(json).Length > WorkflowDefinition.MaxBytes)
        {
            faults.Add(new("", $"must have at most {WorkflowDefinition.MaxBytes} bytes"));
            return null;
        }

        Check(Whole, json, "", faults);
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(Steps, out JsonElement steps))
            CheckSteps(steps, Steps, 0, faults);
        return faults.Count == 0 ? json.Deserialize<WorkflowDefinition>(WorkflowJson.Options) : null;
    }

    private static JsonElement Load()
    {
        using Stream stream = typeof(WorkflowSchema).Assembly.GetManifestResourceStream("workflow.schema.json")!;
        return JsonSerializer.Deserialize<JsonElement>(stream);
    }

    /// <summary>Within a step, any list of steps will do: each list is looked at by itself.</summary>
    private static JsonObject MakeShallow()
    {
        JsonObject schema = JsonNode.Parse(Document.GetRawText())!.AsObject();
        schema["$defs"]![Steps] = new JsonObject { ["type"] = "array", ["minItems"] = 1, ["maxItems"] = WorkflowDefinition.MaxSteps };
        return schema;
    }

    private static void CheckSteps(JsonElement steps, string path, int depth, List<WorkflowFault> faults)
    {
        if (steps.ValueKind != JsonValueKind.Array)
            return;
        if (depth > WorkflowDefinition.MaxDepth)
        {
            faults.Add(new(path, $"is nested deeper than {WorkflowDefinition.MaxDepth} levels; make it a workflow of its own"));
            return;
        }

        int index = 0;
        foreach (JsonElement step in steps.EnumerateArray())
        {
            string at = $"{path}[{index++}]";
            if (faults.Count >= MaxFaults)
                return;
            if (step.ValueKind != JsonValueKind.Object || !step.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String)
                faults.Add(new($"{at}.type", $"is required; one of: {string.Join(", ", Types.Keys)}"));
            else if (!Types.TryGetValue(type.GetString()!, out JsonElement schema))
                faults.Add(new($"{at}.type", $"must be one of: {string.Join(", ", Types.Keys)}"));
            else
                CheckStep(schema, step, at, depth, faults);
        }
    }

    private static void CheckStep(JsonElement schema, JsonElement step, string path, int depth, List<WorkflowFault> faults)
    {
        Check(schema, step, path, faults);
        foreach (string list in (string[])[Steps, "else"])
        {
            if (step.TryGetProperty(list, out JsonElement inner))
                CheckSteps(inner, $"{path}.{list}", depth + 1, faults);
        }

        foreach (string group in (string[])["branches", "cases"])
        {
            if (!step.TryGetProperty(group, out JsonElement members) || members.ValueKind != JsonValueKind.Array)
                continue;
            int index = 0;
            foreach (JsonElement member in members.EnumerateArray())
            {
                if (member.ValueKind == JsonValueKind.Object && member.TryGetProperty(Steps, out JsonElement inner))
                    CheckSteps(inner, $"{path}.{group}[{index}].{Steps}", depth + 1, faults);
                index++;
            }
        }
    }

    private static void Check(JsonElement schema, JsonElement value, string path, List<WorkflowFault> faults)
    {
        foreach (SchemaFault fault in JsonSchemaValidator.Validate(schema, value))
        {
            if (faults.Count < MaxFaults)
                faults.Add(new((path + fault.Path[1..]).TrimStart('.'), fault.Message));
        }
    }
}
