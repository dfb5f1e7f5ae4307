using System.Text.Json;

namespace HybridAgents.Core.Workflows.Expressions;

/// <summary>A value written down.</summary>
internal sealed class LiteralExpression(JsonElement value) : Expression
{
    internal override IEnumerable<Expression> Parts => [];

    public override JsonElement Evaluate(IExpressionScope scope) => value;

    internal override ExpressionType Check(ITypeScope scope, Action<string> fault) => value.ValueKind switch
    {
        JsonValueKind.String => ExpressionType.Text,
        JsonValueKind.Number => ExpressionType.Number,
        JsonValueKind.Null => ExpressionType.Any,
        _ => ExpressionType.Boolean,
    };
}

/// <summary>What does not hold.</summary>
internal sealed class NotExpression(Expression operand) : Expression
{
    internal override IEnumerable<Expression> Parts => [operand];

    public override JsonElement Evaluate(IExpressionScope scope) => Values.Of(!Values.Holds(operand.Evaluate(scope)));

    internal override ExpressionType Check(ITypeScope scope, Action<string> fault)
    {
        if (operand.Check(scope, fault) is var type && !type.MayBe(ValueKind.Boolean))
            fault($"'!' needs true or false, not {type}");
        return ExpressionType.Boolean;
    }
}

/// <summary>Two values, compared or joined.</summary>
internal sealed class OperatorExpression(string sign, Expression left, Expression right) : Expression
{
    internal override IEnumerable<Expression> Parts => [left, right];

    public override JsonElement Evaluate(IExpressionScope scope) => Values.Of(sign switch
    {
        "&&" => Values.Holds(left.Evaluate(scope)) && Values.Holds(right.Evaluate(scope)),
        "||" => Values.Holds(left.Evaluate(scope)) || Values.Holds(right.Evaluate(scope)),
        "==" => Values.AreEqual(left.Evaluate(scope), right.Evaluate(scope)),
        "!=" => !Values.AreEqual(left.Evaluate(scope), right.Evaluate(scope)),
        _ => Values.Compare(left.Evaluate(scope), right.Evaluate(scope)) is { } order && (sign switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        }),
    });

    internal override ExpressionType Check(ITypeScope scope, Action<string> fault)
    {
        (ExpressionType first, ExpressionType second) = (left.Check(scope, fault), right.Check(scope, fault));
        if (sign is "&&" or "||")
        {
            foreach (ExpressionType type in (ExpressionType[])[first, second])
            {
                if (!type.MayBe(ValueKind.Boolean))
                    fault($"'{sign}' needs true or false, not {type}");
            }
        }
        else if (!first.MayBe(second.Kind) && second.Kind != ValueKind.Any)
            fault($"'{sign}' compares {first} with {second}");
        else if (sign is not ("==" or "!=") && !(first.MayBe(ValueKind.Number) || first.MayBe(ValueKind.Text)))
            fault($"'{sign}' needs numbers or texts, not {first}");
        return ExpressionType.Boolean;
    }
}
