namespace HybridAgents.Core.Workflows.Expressions;

/// <summary>The kinds of values.</summary>
internal enum ValueKind
{
    Any,
    Text,
    Number,
    Boolean,
    List,
    Object,
}

/// <summary>What is known of a value before anything has run.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Fields">An object's fields; null where they are not known.</param>
internal sealed record ExpressionType(ValueKind Kind, IReadOnlyDictionary<string, ExpressionType>? Fields = null)
{
    public static readonly ExpressionType Any = new(ValueKind.Any), Text = new(ValueKind.Text), Number = new(ValueKind.Number), Boolean = new(ValueKind.Boolean), List = new(ValueKind.List);

    public static ExpressionType Object(params (string Name, ExpressionType Type)[] fields) => new(ValueKind.Object, fields.ToDictionary(static field => field.Name, static field => field.Type));

    public bool MayBe(ValueKind kind) => Kind == ValueKind.Any || Kind == kind;

    /// <summary>The kind, for people.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Any => "any value",
        ValueKind.Text => "a text",
        ValueKind.Number => "a number",
        ValueKind.Boolean => "true or false",
        ValueKind.List => "a list",
        _ => "an object",
    };
}

/// <summary>What can be known of the values that an expression reads.</summary>
internal interface ITypeScope
{
    /// <summary>The type of a name such as <c>input</c>; null if there is no such name here.</summary>
    ExpressionType? Get(string name);

    /// <summary>The type of what a step comes to; says what is wrong and returns null if it cannot be read here.</summary>
    ExpressionType? Step(string id, Action<string> fault);
}
