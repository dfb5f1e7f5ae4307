using System.Globalization;
using System.Text.Json;

namespace HybridAgents.Core.Tools;

/// <summary>One value against one schema document.</summary>
internal sealed class SchemaEvaluation(JsonElement root)
{
    public const int MaxDepth = 64;
    public const int MaxFaults = 20;
    private const int MaxSteps = 100_000;

    private int _steps;

    /// <summary>Gets why the check was given up; null if it was not.</summary>
    public string? GivenUp { get; private set; }

    /// <summary>Applies a schema and adds what is wrong. Returns whether the value fits.</summary>
    public bool Apply(JsonElement schema, JsonElement value, string path, List<SchemaFault> faults, int depth)
    {
        if (++_steps > MaxSteps || depth > MaxDepth)
            GivenUp ??= depth > MaxDepth ? $"is nested deeper than {MaxDepth} levels" : $"takes more than {MaxSteps} steps to check";
        if (GivenUp is not null)
            return false;
        if (schema.ValueKind == JsonValueKind.False)
            return Fail(faults, path, "is not allowed");
        if (schema.ValueKind != JsonValueKind.Object)
            return true;

        bool fits = true;
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            fits &= TryKeyword(schema, keyword, value, path, faults, depth);
            if (faults.Count >= MaxFaults || GivenUp is not null)
                return fits;
        }

        return fits;
    }

    private bool TryKeyword(JsonElement schema, JsonProperty keyword, JsonElement value, string path, List<SchemaFault> faults, int depth)
    {
        try
        {
            return ApplyKeyword(schema, keyword.Name, keyword.Value, value, path, faults, depth);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            // The keyword's own argument has the wrong form; it does not apply.
            return true;
        }
    }

    private bool ApplyKeyword(JsonElement schema, string keyword, JsonElement argument, JsonElement value, string path, List<SchemaFault> faults, int depth)
    {
        switch (keyword)
        {
            case "$ref":
                return !SchemaReference.TryResolve(root, argument.GetString() ?? "", out JsonElement target) || Apply(target, value, path, faults, depth + 1);
            case "type":
                return SchemaTypes.Fits(argument, value) || Fail(faults, path, $"must be {SchemaTypes.Describe(argument)}");
            case "enum":
                return Any(argument, value) || Fail(faults, path, $"must be one of {SchemaTypes.Quote(argument)}");
            case "const":
                return Equal(argument, value) || Fail(faults, path, $"must be {SchemaTypes.Quote(argument)}");
            case "allOf":
                return argument.EnumerateArray().Aggregate(true, (fits, part) => Apply(part, value, path, faults, depth + 1) && fits);
            case "anyOf":
                return argument.EnumerateArray().Any(part => Matches(part, value, path, depth)) || Fail(faults, path, "fits none of the allowed forms (anyOf)");
            case "oneOf":
                int matching = argument.EnumerateArray().Count(part => Matches(part, value, path, depth));
                return matching == 1 || Fail(faults, path, $"must fit exactly one of the allowed forms (oneOf) and fits {matching.ToString(CultureInfo.InvariantCulture)}");
            case "not":
                return !Matches(argument, value, path, depth) || Fail(faults, path, "has a form that is not allowed (not)");
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => ApplyToObject(schema, keyword, argument, value, path, faults, depth),
            JsonValueKind.Array => ApplyToArray(keyword, argument, value, path, faults, depth),
            JsonValueKind.String => SchemaScalars.FaultOfString(keyword, argument, value) is not { } text || Fail(faults, path, text),
            JsonValueKind.Number => SchemaScalars.FaultOfNumber(keyword, argument, value) is not { } text || Fail(faults, path, text),
            _ => true,
        };
    }

    private bool ApplyToObject(JsonElement schema, string keyword, JsonElement argument, JsonElement value, string path, List<SchemaFault> faults, int depth)
    {
        bool fits = true;
        switch (keyword)
        {
            case "properties":
                foreach (JsonProperty property in argument.EnumerateObject())
                {
                    if (value.TryGetProperty(property.Name, out JsonElement member))
                        fits &= Apply(property.Value, member, $"{path}.{property.Name}", faults, depth + 1);
                }

                return fits;
            case "required":
                foreach (JsonElement name in argument.EnumerateArray())
                {
                    if (!value.TryGetProperty(name.GetString()!, out _))
                        fits = Fail(faults, path, $"must have the property '{name.GetString()}'");
                }

                return fits;
            case "additionalProperties":
                bool hasProperties = schema.TryGetProperty("properties", out JsonElement known);
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    if (hasProperties && known.TryGetProperty(member.Name, out _))
                        continue;
                    fits &= argument.ValueKind == JsonValueKind.False
                        ? Fail(faults, path, $"must not have the property '{Bounded(member.Name)}'; allowed are {(hasProperties ? SchemaTypes.Names(known) : "none")}")
                        : Apply(argument, member.Value, $"{path}.{Bounded(member.Name)}", faults, depth + 1);
                }

                return fits;
            default:
                return true;
        }
    }

    private bool ApplyToArray(string keyword, JsonElement argument, JsonElement value, string path, List<SchemaFault> faults, int depth)
    {
        switch (keyword)
        {
            case "items":
                bool fits = true;
                int index = 0;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    fits &= Apply(argument, item, $"{path}[{index++}]", faults, depth + 1);
                    if (faults.Count >= MaxFaults || GivenUp is not null)
                        break;
                }

                return fits;
            case "minItems":
                return value.GetArrayLength() >= argument.GetDecimal() || Fail(faults, path, $"must have at least {argument.GetRawText()} items");
            case "maxItems":
                return value.GetArrayLength() <= argument.GetDecimal() || Fail(faults, path, $"must have at most {argument.GetRawText()} items");
            case "uniqueItems":
                HashSet<JsonElement> seen = new(JsonValueComparer.Instance);
                return argument.ValueKind != JsonValueKind.True || value.EnumerateArray().All(seen.Add) || Fail(faults, path, "must not have equal items");
            default:
                return true;
        }
    }

    private bool Matches(JsonElement schema, JsonElement value, string path, int depth) => Apply(schema, value, path, [], depth + 1);

    private bool Any(JsonElement options, JsonElement value)
    {
        foreach (JsonElement option in options.EnumerateArray())
        {
            if (Equal(option, value))
                return true;
        }

        return false;
    }

    private bool Equal(JsonElement expected, JsonElement value)
    {
        _steps++;
        return JsonValueComparer.Instance.Equals(expected, value);
    }

    private static string Bounded(string name) => name.Length <= 64 ? name : name[..64] + "…";

    private static bool Fail(List<SchemaFault> faults, string path, string message)
    {
        if (faults.Count < MaxFaults)
            faults.Add(new(path, message));
        return false;
    }
}
