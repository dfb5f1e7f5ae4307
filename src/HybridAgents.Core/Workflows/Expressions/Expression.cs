using System.Text.Json;

namespace HybridAgents.Core.Workflows.Expressions;

/// <summary>What an expression can read.</summary>
public interface IExpressionScope
{
    /// <summary>The value of a name such as <c>input</c>; JSON null if there is none.</summary>
    JsonElement Get(string name);

    /// <summary>What a step came to: an object with <c>output</c> and <c>error</c>; JSON null if it has not run.</summary>
    JsonElement Step(string id);
}

/// <summary>A small expression without effects: names, literals, comparisons, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, and a few functions.</summary>
/// <remarks>Evaluation is total: what is missing is null, what cannot be compared does not hold.</remarks>
public abstract class Expression
{
    /// <summary>The most characters of an expression.</summary>
    public const int MaxLength = 1000;

    /// <summary>Gets the ids of the steps that it reads.</summary>
    public IEnumerable<string> Steps => Nodes.OfType<ReferenceExpression>().Select(static reference => reference.Step).OfType<string>();

    internal abstract IEnumerable<Expression> Parts { get; }

    private IEnumerable<Expression> Nodes => Parts.SelectMany(static part => part.Nodes).Append(this);

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">It is not one; the message says where and why.</exception>
    public static Expression Parse(string text) => new ExpressionParser(text).Parse();

    /// <summary>The value.</summary>
    public abstract JsonElement Evaluate(IExpressionScope scope);

    /// <summary>Finds the type, and says what cannot be meant.</summary>
    internal abstract ExpressionType Check(ITypeScope scope, Action<string> fault);
}

/// <summary>A text that is no expression or template.</summary>
public sealed class ExpressionException(string message) : Exception(message);
