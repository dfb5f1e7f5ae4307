using HybridAgents.Core.Privacy;
using HybridAgents.Core.Tools;
using HybridAgents.TestSupport;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Tools;

public sealed class ToolResultCacheTests
{
    private static readonly ToolDefinition Tool = new() { Name = "look_up", Description = "", Parameters = Parse("{}"), CacheLifetime = TimeSpan.FromMinutes(1) };

    private readonly ManualTimeProvider _time = new();
    private readonly ToolResultCache _cache;

    public ToolResultCacheTests() => _cache = new(_time);

    [Fact]
    public void Find_SameArgumentsWrittenOtherwise_GivesTheResult()
    {
        _cache.Keep(Tool, Call("""{"a":1,"b":[{"x":"y","z":null}]}"""), new("found"));

        _cache.Find(Tool, Call("""{ "b": [ {"z":null, "x":"\u0079"} ], "a": 1 }""")).ShouldBe(new("found"));
    }

    [Theory]
    [InlineData("""{"a":2}""", "t", PrivacyLabel.Standard)]
    [InlineData("""{"a":1}""", "other", PrivacyLabel.Standard)]
    [InlineData("""{"a":1}""", "t", PrivacyLabel.Private)]
    public void Find_OtherArgumentsTenantOrLabel_FindsNothing(string arguments, string tenant, PrivacyLabel label)
    {
        _cache.Keep(Tool, Call("""{"a":1}"""), new("found"));

        _cache.Find(Tool, Call(arguments) with { Tenant = tenant, Label = label }).ShouldBeNull();
    }

    [Fact]
    public void Find_AfterTheLifetime_FindsNothing()
    {
        _cache.Keep(Tool, Call("{}"), new("found"));
        _time.Advance(TimeSpan.FromSeconds(59));
        _cache.Find(Tool, Call("{}")).ShouldNotBeNull();
        _time.Advance(TimeSpan.FromSeconds(1));

        _cache.Find(Tool, Call("{}")).ShouldBeNull();
    }

    [Fact]
    public void Keep_ErrorOrToolWithoutLifetime_KeepsNothing()
    {
        _cache.Keep(Tool, Call("{}"), ToolOutput.Error("down"));
        _cache.Find(Tool, Call("{}")).ShouldBeNull();

        ToolDefinition uncached = Tool with { CacheLifetime = TimeSpan.Zero };
        _cache.Keep(uncached, Call("{}"), new("found"));
        _cache.Find(uncached, Call("{}")).ShouldBeNull();
    }

    [Fact]
    public void Keep_MoreThanFit_DropsTheOldest()
    {
        for (int index = 0; index <= 1000; index++)
            _cache.Keep(Tool, Call($$"""{"a":{{index}}}"""), new("found"));

        _cache.Find(Tool, Call("""{"a":0}""")).ShouldBeNull();
        _cache.Find(Tool, Call("""{"a":1}""")).ShouldNotBeNull();
        _cache.Find(Tool, Call("""{"a":1000}""")).ShouldNotBeNull();
    }

    [Fact]
    public void Keep_LargeResults_StaysWithinItsBytes()
    {
        string large = new('x', 1_000_000);
        for (int index = 0; index < 10; index++)
            _cache.Keep(Tool, Call($$"""{"a":{{index}}}"""), new(large));

        Enumerable.Range(0, 10).Count(index => _cache.Find(Tool, Call($$"""{"a":{{index}}}""")) is not null).ShouldBe(8);
    }

    private static ToolInvocation Call(string arguments) => new(Parse(arguments), "key", "t");
}
