using System.Text.Json;

namespace HybridAgents.Core.Tools;

/// <summary>One check of a schema document.</summary>
internal sealed class SchemaCheck(JsonElement root)
{
    public List<SchemaFault> Faults { get; } = [];

    public void Visit(JsonElement schema, string path, int depth)
    {
        if (Faults.Count >= SchemaEvaluation.MaxFaults || schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return;
        if (depth > SchemaEvaluation.MaxDepth)
            Add(path, $"is nested deeper than {SchemaEvaluation.MaxDepth} levels");
        else if (schema.ValueKind != JsonValueKind.Object)
            Add(path, "a schema must be an object, true or false");
        else
        {
            foreach (JsonProperty keyword in schema.EnumerateObject())
                VisitKeyword(keyword.Name, keyword.Value, $"{path}.{keyword.Name}", depth);
        }
    }

    private void VisitKeyword(string keyword, JsonElement argument, string path, int depth)
    {
        switch (keyword)
        {
            case "title" or "description" or "default" or "examples" or "example" or "format" or "deprecated" or "readOnly" or "writeOnly" or "$schema" or "$id" or "$comment":
                break;
            case "type":
                Require(IsType(argument), path, "must be object, array, string, number, integer, boolean or null, or a list of these");
                break;
            case "enum":
                Require(argument.ValueKind == JsonValueKind.Array && argument.GetArrayLength() > 0, path, "must be a list with at least one value");
                break;
            case "const":
                break;
            case "properties" or "$defs" or "definitions":
                VisitMembers(argument, path, depth);
                break;
            case "required":
                Require(argument.ValueKind == JsonValueKind.Array && argument.EnumerateArray().All(static name => name.ValueKind == JsonValueKind.String), path, "must be a list of names");
                break;
            case "additionalProperties" or "items" or "not":
                Visit(argument, path, depth + 1);
                break;
            case "allOf" or "anyOf" or "oneOf":
                VisitList(argument, path, depth);
                break;
            case "minItems" or "maxItems" or "minLength" or "maxLength":
                Require(argument.ValueKind == JsonValueKind.Number && argument.TryGetInt32(out int count) && count >= 0, path, "must be an integer of at least 0");
                break;
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
                Require(argument.ValueKind == JsonValueKind.Number, path, "must be a number");
                break;
            case "multipleOf":
                Require(argument.ValueKind == JsonValueKind.Number && argument.GetDouble() > 0, path, "must be a number above 0");
                break;
            case "uniqueItems":
                Require(argument.ValueKind is JsonValueKind.True or JsonValueKind.False, path, "must be true or false");
                break;
            case "pattern":
                Require(argument.ValueKind == JsonValueKind.String && SchemaPattern.Compile(argument.GetString()!) is not null, path,
                    "must be a regular expression of at most 1000 characters without look-around and back-references");
                break;
            case "$ref":
                Require(argument.ValueKind == JsonValueKind.String && SchemaReference.TryResolve(root, argument.GetString()!, out _), path,
                    "must point into this schema, such as #/$defs/name");
                break;
            default:
                Add(path, $"the keyword '{(keyword.Length <= 64 ? keyword : keyword[..64] + "…")}' is not supported");
                break;
        }
    }

    private void VisitMembers(JsonElement members, string path, int depth)
    {
        if (members.ValueKind != JsonValueKind.Object)
        {
            Add(path, "must be an object of schemas");
            return;
        }

        foreach (JsonProperty member in members.EnumerateObject())
            Visit(member.Value, $"{path}.{member.Name}", depth + 1);
    }

    private void VisitList(JsonElement list, string path, int depth)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            Add(path, "must be a list with at least one schema");
            return;
        }

        int index = 0;
        foreach (JsonElement part in list.EnumerateArray())
            Visit(part, $"{path}[{index++}]", depth + 1);
    }

    private static bool IsType(JsonElement argument) => argument.ValueKind switch
    {
        JsonValueKind.String => SchemaTypes.IsKnown(argument.GetString()!),
        JsonValueKind.Array => argument.GetArrayLength() > 0
            && argument.EnumerateArray().All(static type => type.ValueKind == JsonValueKind.String && SchemaTypes.IsKnown(type.GetString()!)),
        _ => false,
    };

    private void Require(bool condition, string path, string message)
    {
        if (!condition)
            Add(path, message);
    }

    private void Add(string path, string message)
    {
        if (Faults.Count < SchemaEvaluation.MaxFaults)
            Faults.Add(new(path, message));
    }
}
