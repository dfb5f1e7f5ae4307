using System.Globalization;
using System.Text.Json;

namespace HybridAgents.Core.Tools.Builtin;

/// <summary>The tool <c>get_time</c>: answers such as <c>2026-01-31T14:05:09+01:00 (Saturday, 31 January 2026, 14:05, Europe/Berlin)</c>.</summary>
/// <param name="time">The clock; its local time zone is the default.</param>
public sealed class GetTimeTool(TimeProvider time) : ITool
{
    /// <inheritdoc/>
    public ToolDefinition Definition { get; } = new()
    {
        Name = "get_time",
        Description = "Returns the current time, weekday and date, in the given time zone or in the server's own.",
        Parameters = ToolSchema.Parse("""
            {
              "type": "object",
              "properties": {
                "timezone": { "type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", "maxLength": 64, "description": "IANA name, for example Europe/Berlin or UTC" }
              },
              "additionalProperties": false
            }
            """),
    };

    /// <inheritdoc/>
    public Task<ToolOutput> InvokeAsync(ToolInvocation call, CancellationToken cancellationToken)
    {
        TimeZoneInfo? zone = time.LocalTimeZone;
        if (call.Arguments.TryGetProperty("timezone", out JsonElement wanted) && wanted.ValueKind == JsonValueKind.String && !TimeZoneInfo.TryFindSystemTimeZoneById(wanted.GetString()!, out zone))
            return Task.FromResult(ToolOutput.Error($"The time zone '{wanted.GetString()}' is not known; allowed are IANA names such as Europe/Berlin, America/New_York or UTC."));
        DateTimeOffset now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone!);
        return Task.FromResult(new ToolOutput(string.Create(
            CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd'T'HH:mm:ssK} ({now:dddd, d MMMM yyyy, HH:mm}, {zone!.Id})")));
    }
}
