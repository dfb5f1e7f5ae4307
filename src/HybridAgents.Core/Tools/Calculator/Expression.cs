namespace HybridAgents.Core.Tools.Calculator;

/// <summary>Reads and evaluates an arithmetic expression in one pass; nothing else can be expressed.</summary>
/// <remarks>
/// From loose to tight: <c>+ -</c>, then <c>* / %</c>, then the sign, then <c>^</c> (also <c>**</c>; from right to left, so 2^3^2 is 512 and -2^2 is -4).
/// <c>× ÷ − ·</c> are read as their ASCII forms. Time is linear in the length: at most 1000 characters, 64 levels deep, numbers never larger than a double.
/// </remarks>
internal ref struct Expression
{
    public const int MaxLength = 1000;
    private const int MaxDepth = 64;

    private readonly ReadOnlySpan<char> _text;
    private int _position;
    private int _depth;

    private Expression(ReadOnlySpan<char> text) => _text = text;

    /// <exception cref="CalculatorException">It is malformed or has no value.</exception>
    public static Quantity Evaluate(string text)
    {
        if (text.Length > MaxLength)
            throw new CalculatorException($"The expression has {text.Length} characters; allowed are {MaxLength}.");
        string plain = text.Replace("**", "^", StringComparison.Ordinal).Replace('×', '*').Replace('·', '*').Replace('÷', '/').Replace('−', '-');
        Expression expression = new(plain);
        Quantity result = expression.Sum();
        return expression.Peek() == '\0' ? result : throw expression.Unexpected();
    }

    private Quantity Sum()
    {
        Enter();
        Quantity result = Product();
        while (Peek() is '+' or '-')
            result = Take() == '+' ? result + Product() : result - Product();
        _depth--;
        return result;
    }

    private Quantity Product()
    {
        Quantity result = Signed();
        while (Peek() is '*' or '/' or '%')
        {
            result = Take() switch
            {
                '*' => result * Signed(),
                '/' => result / Signed(),
                _ => result % Signed(),
            };
        }

        return result;
    }

    private Quantity Signed()
    {
        bool negative = false;
        while (Peek() is '+' or '-')
            negative ^= Take() == '-';
        Quantity result = Power();
        return negative ? -result : result;
    }

    private Quantity Power()
    {
        Quantity value = Primary();
        if (Peek() != '^')
            return value;
        Take();
        Enter();
        Quantity exponent = Signed();
        _depth--;
        return Quantity.Power(value, exponent);
    }

    private Quantity Primary()
    {
        char next = Peek();
        if (next == '(')
        {
            Take();
            Quantity inner = Sum();
            Expect(')');
            return inner;
        }

        if (char.IsAsciiDigit(next) || next == '.')
            return Number();
        if (char.IsLetter(next))
            return Name();
        throw Unexpected();
    }

    private Quantity Number()
    {
        int start = _position;
        SkipDigits();
        if (_position < _text.Length && _text[_position] == '.')
        {
            _position++;
            SkipDigits();
        }

        if (_position - start == 1 && _text[start] == '.')
        {
            _position = start;
            throw Unexpected();
        }

        // An exponent needs digits after it: in "2e" the e is the constant.
        int mark = _position;
        if (_position < _text.Length && _text[_position] is 'e' or 'E')
        {
            _position++;
            if (_position < _text.Length && _text[_position] is '+' or '-')
                _position++;
            int digits = _position;
            SkipDigits();
            if (_position == digits)
                _position = mark;
        }

        return Quantity.Parse(_text[start.._position]);
    }

    private Quantity Name()
    {
        int start = _position;
        while (_position < _text.Length && char.IsLetterOrDigit(_text[_position]))
            _position++;
        string name = _text[start.._position].ToString();
        if (Peek() != '(')
            return Functions.Constant(name) ?? throw Unknown(name);
        if (!Functions.IsFunction(name))
            throw Unknown(name);
        Take();
        List<Quantity> arguments = [];
        if (Peek() != ')')
        {
            do
                arguments.Add(Sum());
            while (TakeIf(','));
        }

        Expect(')');
        return Functions.Call(name, arguments);
    }

    private void SkipDigits()
    {
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
            _position++;
    }

    /// <summary>The next character that is not white space; <c>\0</c> at the end.</summary>
    private char Peek()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
            _position++;
        return _position < _text.Length ? _text[_position] : '\0';
    }

    private char Take() => _text[_position++];

    private bool TakeIf(char wanted)
    {
        bool found = Peek() == wanted;
        if (found)
            _position++;
        return found;
    }

    private void Expect(char wanted)
    {
        if (!TakeIf(wanted))
            throw new CalculatorException(_position < _text.Length ? $"Expected '{wanted}' at position {_position + 1}." : $"Expected '{wanted}' at the end.");
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
            throw new CalculatorException($"The expression is nested deeper than {MaxDepth} levels.");
    }

    private readonly CalculatorException Unexpected() => new(_position < _text.Length
        ? $"Unexpected '{_text[_position]}' at position {_position + 1}."
        : "The expression ends too early.");

    private static CalculatorException Unknown(string name) =>
        new($"'{(name.Length <= 32 ? name : name[..32] + "…")}' is not known; allowed are the constants pi, tau and e, and the functions {Functions.Names}.");
}
