using System.Text.Json;

namespace HybridAgents.Core.Tools;

/// <summary>Checks values against JSON Schema (the part of draft 2020-12 that tools use), and schemas against that part.</summary>
/// <remarks>
/// Understood: <c>type</c> (also a list), <c>enum</c>, <c>const</c>, <c>properties</c>, <c>required</c>, <c>additionalProperties</c>, <c>items</c>, <c>minItems</c>, <c>maxItems</c>,
/// <c>uniqueItems</c>, <c>minimum</c>, <c>maximum</c>, <c>exclusiveMinimum</c>, <c>exclusiveMaximum</c>, <c>multipleOf</c>, <c>minLength</c>, <c>maxLength</c> (in code points),
/// <c>pattern</c> (without look-around and back-references), <c>anyOf</c>, <c>oneOf</c>, <c>allOf</c>, <c>not</c>, <c>$ref</c> to <c>#</c>, <c>#/$defs/…</c> or <c>#/definitions/…</c>,
/// and the schemas <c>true</c> and <c>false</c>. Annotations (<c>title</c>, <c>description</c>, <c>default</c>, <c>examples</c>, <c>format</c> …) change nothing.
/// Bounded whatever the input: 64 levels, 100,000 steps, 20 faults.
/// </remarks>
public static class JsonSchemaValidator
{
    /// <summary>Checks a value.</summary>
    /// <returns>
    /// What is wrong, at most 20 faults; empty when the value fits. A keyword that <see cref="CheckSchema"/> would refuse is not applied; a value that cannot be checked within
    /// the bounds does not fit.
    /// </returns>
    public static IReadOnlyList<SchemaFault> Validate(JsonElement schema, JsonElement value)
    {
        SchemaEvaluation evaluation = new(schema);
        List<SchemaFault> faults = [];
        evaluation.Apply(schema, value, "$", faults, depth: 0);
        return evaluation.GivenUp is { } reason ? [new("$", reason)] : faults;
    }

    /// <summary>Checks a schema.</summary>
    /// <returns>Each keyword that is unknown or malformed, and each reference that leads nowhere, at most 20; empty when the schema is usable.</returns>
    public static IReadOnlyList<SchemaFault> CheckSchema(JsonElement schema)
    {
        SchemaCheck check = new(schema);
        check.Visit(schema, "$", depth: 0);
        return check.Faults;
    }
}
