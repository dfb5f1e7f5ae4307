using System.Buffers;
using System.Text;
using System.Text.Json;

namespace HybridAgents.Core.Workflows.Expressions;

/// <summary>A text with expressions in double braces. One that is a single expression and nothing else gives that expression's value, whatever its type; any other gives a text.</summary>
public sealed class Template
{
    private const string Open = "{{";
    private const string Close = "}}";

    private static readonly JsonWriterOptions Written = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string? Text, Expression? Expression)> _parts;

    private Template(List<(string? Text, Expression? Expression)> parts) => _parts = parts;

    /// <summary>Gets its expressions.</summary>
    public IEnumerable<Expression> Expressions => _parts.Select(static part => part.Expression).OfType<Expression>();

    /// <summary>Gets the expression that it is; null if there is text beside it.</summary>
    internal Expression? Only => _parts is [{ Expression: { } only }] ? only : null;

    /// <summary>Reads a template.</summary>
    /// <exception cref="ExpressionException">An expression in it is not one, or does not end.</exception>
    public static Template Parse(string text)
    {
        List<(string?, Expression?)> parts = [];
        int position = 0;
        while (text.IndexOf(Open, position, StringComparison.Ordinal) is >= 0 and var open)
        {
            if (open > position)
                parts.Add((text[position..open], null));
            int close = FindClose(text, open + Open.Length);
            parts.Add((null, Expression.Parse(text[(open + Open.Length)..close])));
            position = close + Close.Length;
        }

        if (position < text.Length || parts.Count == 0)
            parts.Add((text[position..], null));
        return new(parts);
    }

    /// <summary>The templates in a JSON value, with their places in it.</summary>
    /// <param name="value">The value; its strings are templates.</param>
    /// <param name="path">The value's own place.</param>
    public static IEnumerable<(string Path, string Text)> In(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.String => [(path, value.GetString()!)],
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, index) => In(item, $"{path}[{index}]")),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => In(member.Value, $"{path}.{member.Name}")),
        _ => [],
    };

    /// <summary>The value.</summary>
    public JsonElement Evaluate(IExpressionScope scope) => Only is { } only ? only.Evaluate(scope) : Values.Of(Render(scope));

    /// <summary>The value as a text.</summary>
    public string Render(IExpressionScope scope)
    {
        StringBuilder text = new();
        foreach ((string? literal, Expression? expression) in _parts)
            text.Append(literal ?? Values.Text(expression!.Evaluate(scope)));
        return text.ToString();
    }

    /// <summary>A JSON value with every template in it evaluated.</summary>
    public static JsonElement Expand(JsonElement value, IExpressionScope scope)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Written))
            Write(value, scope, writer);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(JsonElement value, IExpressionScope scope, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                Parse(value.GetString()!).Evaluate(scope).WriteTo(writer);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                    Write(item, scope, writer);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, scope, writer);
                }

                writer.WriteEndObject();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>The end of an expression: braces within its quoted texts do not count.</summary>
    private static int FindClose(string text, int start)
    {
        char quote = '\0';
        for (int index = start; index < text.Length; index++)
        {
            if (quote != '\0')
            {
                if (text[index] == '\\')
                    index++;
                else if (text[index] == quote)
                    quote = '\0';
            }
            else if (text[index] is '"' or '\'')
                quote = text[index];
            else if (string.CompareOrdinal(text, index, Close, 0, Close.Length) == 0)
                return index;
        }

        throw new ExpressionException("an expression in {{ }} does not end");
    }
}
