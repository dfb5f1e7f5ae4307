using System.Globalization;
using System.Text.Json;

namespace HybridAgents.Core.Workflows.Expressions;

/// <summary>A value by name: <c>input.topic</c>, <c>steps.draft.output.text</c>, <c>item.tags[0]</c>.</summary>
internal sealed class ReferenceExpression(IReadOnlyList<string> path) : Expression
{
    private const string StepsName = "steps";

    private static readonly string[] Roots = ["input", "item", "index", "loop"];

    /// <summary>Gets the step that is read; null for another name.</summary>
    public string? Step => path is [StepsName, { } id, ..] ? id : null;

    internal override IEnumerable<Expression> Parts => [];

    public override JsonElement Evaluate(IExpressionScope scope)
    {
        JsonElement value = Step is { } id ? scope.Step(id) : scope.Get(path[0]);
        foreach (string part in path.Skip(Step is null ? 1 : 2))
        {
            value = value.ValueKind switch
            {
                JsonValueKind.Object when value.TryGetProperty(part, out JsonElement member) => member,
                JsonValueKind.Array when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < value.GetArrayLength() => value[index],
                _ => Values.Null,
            };
        }

        return value;
    }

    internal override ExpressionType Check(ITypeScope scope, Action<string> fault)
    {
        ExpressionType? type;
        if (Step is { } id)
            type = scope.Step(id, fault);
        else if ((type = scope.Get(path[0])) is null)
            fault(path[0] == StepsName ? "'steps' needs a step: steps.id.output" : $"there is no '{path[0]}' here; known: {Known(scope)}");
        string at = string.Join('.', path.Take(Step is null ? 1 : 2));
        foreach (string part in path.Skip(Step is null ? 1 : 2))
        {
            if (type is null || type.Kind == ValueKind.Any)
                return ExpressionType.Any;
            if (type.Kind == ValueKind.List && part.All(char.IsAsciiDigit))
                type = ExpressionType.Any;
            else if (type.Kind != ValueKind.Object)
            {
                fault($"'{at}' is {type} and has no '{part}'");
                return ExpressionType.Any;
            }
            else if (type.Fields is null)
                type = ExpressionType.Any;
            else if (!type.Fields.TryGetValue(part, out ExpressionType? member))
            {
                fault($"'{at}' has no '{part}'; it has: {string.Join(", ", type.Fields.Keys)}");
                return ExpressionType.Any;
            }
            else
                type = member;
            at = $"{at}.{part}";
        }

        return type ?? ExpressionType.Any;
    }

    private static string Known(ITypeScope scope) => string.Join(", ", Roots.Where(name => scope.Get(name) is not null).Append(StepsName));
}
