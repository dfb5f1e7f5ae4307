using System.Globalization;
using System.Text.Json;

namespace HybridAgents.Core.Workflows.Expressions;

/// <summary>A function and its arguments.</summary>
internal sealed class CallExpression(string name, IReadOnlyList<Expression> arguments) : Expression
{
    private static readonly Dictionary<string, (ValueKind[][] Takes, ExpressionType Gives, Func<JsonElement[], JsonElement> Run)> Functions = new(StringComparer.Ordinal)
    {
        ["contains"] = ([[ValueKind.Text, ValueKind.List], []], ExpressionType.Boolean, static values => Values.Of(Contains(values[0], values[1]))),
        ["starts_with"] = ([[ValueKind.Text], [ValueKind.Text]], ExpressionType.Boolean, static values => Values.Of(Values.Text(values[0]).StartsWith(Values.Text(values[1]), StringComparison.Ordinal))),
        ["length"] = ([[ValueKind.Text, ValueKind.List]], ExpressionType.Number, static values => Values.Of(Length(values[0]))),
        ["lower"] = ([[ValueKind.Text]], ExpressionType.Text, static values => Values.Of(Values.Text(values[0]).ToLowerInvariant())),
        ["trim"] = ([[ValueKind.Text]], ExpressionType.Text, static values => Values.Of(Values.Text(values[0]).Trim())),
        ["number"] = ([[ValueKind.Text, ValueKind.Number]], ExpressionType.Number, static values => Values.Number(values[0])),
        ["join"] = ([[ValueKind.List], [ValueKind.Text]], ExpressionType.Text, static values => Values.Of(Join(values[0], Values.Text(values[1])))),
        ["default"] = ([[], []], ExpressionType.Any, static values => values[0].ValueKind == JsonValueKind.Null ? values[1] : values[0]),
    };

    /// <summary>Gets the names of all functions.</summary>
    public static IEnumerable<string> Names => Functions.Keys;

    internal override IEnumerable<Expression> Parts => arguments;

    /// <summary>How many arguments a function takes; null if there is none of that name.</summary>
    public static int? ArityOf(string name) => Functions.TryGetValue(name, out var function) ? function.Takes.Length : null;

    public override JsonElement Evaluate(IExpressionScope scope) => Functions[name].Run([.. arguments.Select(argument => argument.Evaluate(scope))]);

    internal override ExpressionType Check(ITypeScope scope, Action<string> fault)
    {
        (ValueKind[][] takes, ExpressionType gives, _) = Functions[name];
        for (int index = 0; index < takes.Length; index++)
        {
            ExpressionType type = arguments[index].Check(scope, fault);
            if (takes[index].Length > 0 && !takes[index].Any(type.MayBe))
                fault(string.Create(CultureInfo.InvariantCulture, $"argument {index + 1} of {name} must be {string.Join(" or ", takes[index].Select(kind => new ExpressionType(kind)))}, not {type}"));
        }

        return gives;
    }

    private static bool Contains(JsonElement where, JsonElement what) => where.ValueKind == JsonValueKind.Array
        ? where.EnumerateArray().Any(item => Values.AreEqual(item, what))
        : Values.Text(where).Contains(Values.Text(what), StringComparison.Ordinal);

    private static int Length(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : Values.Text(value).Length;

    /// <summary>Joins texts; of an object with a text, such as a branch's output, the text.</summary>
    private static string Join(JsonElement list, string separator) => list.ValueKind != JsonValueKind.Array
        ? Values.Text(list)
        : string.Join(separator, list.EnumerateArray().Select(static item =>
            Values.Text(item.ValueKind == JsonValueKind.Object && item.TryGetProperty("text", out JsonElement text) ? text : item)));
}
