using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Builtin;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Tools;

public sealed class GetTimeTests
{
    [Theory]
    [InlineData("{}", "2026-01-31T23:05:09+00:00 (Saturday, 31 January 2026, 23:05, UTC)")]
    [InlineData("""{"timezone":"UTC"}""", "2026-01-31T23:05:09+00:00 (Saturday, 31 January 2026, 23:05, UTC)")]
    [InlineData("""{"timezone":"Europe/Berlin"}""", "2026-02-01T00:05:09+01:00 (Sunday, 1 February 2026, 00:05, Europe/Berlin)")]
    [InlineData("""{"timezone":"America/New_York"}""", "2026-01-31T18:05:09-05:00 (Saturday, 31 January 2026, 18:05, America/New_York)")]
    [InlineData("""{"timezone":null}""", "2026-01-31T23:05:09+00:00 (Saturday, 31 January 2026, 23:05, UTC)")]
    public async Task InvokeAsync_Zone_GivesTimeWeekdayAndDate(string arguments, string expected) => (await RunAsync(arguments)).ShouldBe(new ToolOutput(expected));

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("../../etc/passwd")]
    public async Task InvokeAsync_UnknownZone_SaysWhatIsAllowed(string zone)
    {
        ToolOutput output = await RunAsync($$"""{"timezone":"{{zone}}"}""");
        output.IsError.ShouldBeTrue();
        output.Content.ShouldContain("Europe/Berlin");
    }

    private static Task<ToolOutput> RunAsync(string arguments) => new GetTimeTool(new FixedClock()).InvokeAsync(new(Parse(arguments), "key", "default"), CancellationToken.None);

    private sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 1, 31, 23, 5, 9, TimeSpan.Zero);
    }
}
