using System.Globalization;
using HybridAgents.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace HybridAgents.Api.Requests;

/// <summary>Reads route values, query parameters and headers with bounds. Every fault is a 400 that says what is allowed.</summary>
internal static class QueryReader
{
    /// <summary>A path parameter, as its route declares it.</summary>
    public static string RouteValue(this HttpContext http, string name) => (string)http.Request.RouteValues[name]!;

    /// <summary>A text of 1 to <paramref name="maxLength"/> characters; null if absent.</summary>
    public static string? QueryText(this HttpContext http, string name, int maxLength = 255)
    {
        if (!http.Request.Query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values))
            return null;
        return values is [{ Length: > 0 } text] && text.Length <= maxLength ? text : throw Refuse($"query.{name}", $"must be given once, with 1 to {maxLength} characters");
    }

    /// <summary>A whole number in a range; null if absent.</summary>
    public static long? QueryInteger(this HttpContext http, string name, long minimum, long maximum) =>
        http.QueryText(name) is { } text ? ParseInteger(text, $"query.{name}", minimum, maximum) : null;

    /// <summary>An enum's snake_case word; null if absent.</summary>
    public static T? QueryWord<T>(this HttpContext http, string name)
        where T : struct, Enum
    {
        if (http.QueryText(name) is not { } text)
            return null;
        foreach (T value in Enum.GetValues<T>())
        {
            if (Word(value) == text)
                return value;
        }

        throw Refuse($"query.{name}", $"is '{ApiErrors.Shorten(text)}'; must be one of: {string.Join(", ", Enum.GetValues<T>().Select(Word))}");
    }

    /// <summary>Unix seconds or ISO-8601; null if absent.</summary>
    public static DateTimeOffset? QueryTime(this HttpContext http, string name)
    {
        if (http.QueryText(name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= 253_402_300_799)
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : throw Refuse($"query.{name}", "must be Unix seconds or an ISO-8601 time");
    }

    /// <summary>A header with one whole number of at least 0; null if absent.</summary>
    public static long? HeaderInteger(this HttpContext http, string name)
    {
        string text = http.Request.Headers[name].ToString();
        return text.Length == 0 ? null : ParseInteger(text, $"header.{name}", 0, long.MaxValue);
    }

    private static long ParseInteger(string text, string path, long minimum, long maximum) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= minimum && value <= maximum
            ? value
            : throw Refuse(path, maximum == long.MaxValue ? $"must be a whole number of at least {minimum}" : $"must be a whole number from {minimum} to {maximum}");

    private static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static RequestRefusedException Refuse(string path, string message) => new(ApiErrors.Invalid(path, message));
}
