using System.Globalization;
using System.Text;

namespace HybridAgents.Core.Workflows.Expressions;

/// <summary>Reads one expression; precedence from loose to tight: <c>||</c>, <c>&amp;&amp;</c>, comparison, <c>!</c>.</summary>
internal sealed class ExpressionParser(string text)
{
    private const int MaxDepth = 32;

    private static readonly string[] Comparisons = ["==", "!=", "<=", ">=", "<", ">"];

    private int _position;
    private int _depth;

    public Expression Parse()
    {
        if (text.Length > Expression.MaxLength)
            throw new ExpressionException($"has {text.Length} characters; at most {Expression.MaxLength} are allowed");
        Expression expression = Or();
        SkipSpace();
        return _position == text.Length ? expression : throw Fault($"'{text[_position]}' is not expected");
    }

    private Expression Or()
    {
        if (++_depth > MaxDepth)
            throw Fault($"is nested deeper than {MaxDepth} levels");
        Expression left = And();
        while (Take("||"))
            left = new OperatorExpression("||", left, And());
        _depth--;
        return left;
    }

    private Expression And()
    {
        Expression left = Comparison();
        while (Take("&&"))
            left = new OperatorExpression("&&", left, Comparison());
        return left;
    }

    private Expression Comparison()
    {
        Expression left = Unary();
        return Array.Find(Comparisons, Take) is { } sign ? new OperatorExpression(sign, left, Unary()) : left;
    }

    private Expression Unary()
    {
        SkipSpace();
        if (!Take("!"))
            return Primary();
        if (++_depth > MaxDepth)
            throw Fault($"is nested deeper than {MaxDepth} levels");
        Expression operand = Unary();
        _depth--;
        return new NotExpression(operand);
    }

    private Expression Primary()
    {
        SkipSpace();
        if (_position == text.Length)
            throw Fault("a value is missing");
        if (Take("("))
        {
            Expression inner = Or();
            Expect(")");
            return inner;
        }

        char first = text[_position];
        if (first is '"' or '\'')
            return new LiteralExpression(Values.Of(Quoted(first)));
        if (char.IsAsciiDigit(first) || first == '-')
            return Number();
        return char.IsAsciiLetter(first) || first == '_' ? Named(Name()) : throw Fault($"'{first}' is not expected");
    }

    private Expression Named(string name)
    {
        switch (name)
        {
            case "true":
                return new LiteralExpression(Values.True);
            case "false":
                return new LiteralExpression(Values.False);
            case "null":
                return new LiteralExpression(Values.Null);
        }

        if (Take("("))
            return Call(name);
        List<string> path = [name];
        while (true)
        {
            if (Take("."))
                path.Add(Name());
            else if (Take("["))
            {
                SkipSpace();
                path.Add(_position < text.Length && text[_position] is '"' or '\'' ? Quoted(text[_position]) : Digits());
                Expect("]");
            }
            else
                return new ReferenceExpression(path);
        }
    }

    private CallExpression Call(string name)
    {
        if (CallExpression.ArityOf(name) is not { } arity)
            throw Fault($"there is no function '{name}'; known: {string.Join(", ", CallExpression.Names)}");
        List<Expression> arguments = [];
        if (!Take(")"))
        {
            do
                arguments.Add(Or());
            while (Take(","));
            Expect(")");
        }

        return arguments.Count == arity ? new(name, arguments) : throw Fault($"{name} takes {arity} arguments, not {arguments.Count}");
    }

    private LiteralExpression Number()
    {
        int start = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] is '-' or '+' or '.'))
            _position++;
        return double.TryParse(text.AsSpan(start, _position - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? new(Values.Of(number))
            : throw Fault($"'{text[start.._position]}' is no number");
    }

    private string Quoted(char quote)
    {
        StringBuilder value = new();
        for (_position++; _position < text.Length; _position++)
        {
            char next = text[_position];
            if (next == quote)
            {
                _position++;
                return value.ToString();
            }

            if (next == '\\' && ++_position < text.Length)
                next = text[_position] switch { 'n' => '\n', 't' => '\t', var escaped => escaped };
            value.Append(next);
        }

        throw Fault($"the text has no closing {quote}");
    }

    private string Name()
    {
        int start = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] is '_'))
            _position++;
        return _position > start ? text[start.._position] : throw Fault("a name is missing");
    }

    private string Digits()
    {
        int start = _position;
        while (_position < text.Length && char.IsAsciiDigit(text[_position]))
            _position++;
        return _position > start ? text[start.._position] : throw Fault("an index or a quoted name is missing");
    }

    private bool Take(string sign)
    {
        SkipSpace();
        if (string.CompareOrdinal(text, _position, sign, 0, sign.Length) != 0)
            return false;
        _position += sign.Length;
        return true;
    }

    private void Expect(string sign)
    {
        if (!Take(sign))
            throw Fault($"'{sign}' is missing");
    }

    private void SkipSpace()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
            _position++;
    }

    private ExpressionException Fault(string message) => new($"{message} (at character {_position + 1} of the expression)");
}
