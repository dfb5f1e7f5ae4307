using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Tools.Code;

namespace HybridAgents.Core.Tests.Tools;

/// <summary>The tool as it is: each test starts real processes.</summary>
public sealed class RunCodeTests
{
    private const string OutOfMemory = "needs more memory than it may use";

    [Theory]
    [InlineData("1 + 1", "Result: 2")]
    [InlineData("var sum = 0; for (let i of [1, 2, 3]) sum += i; console.log('sum', sum, [1, {a: 2}]); `${sum * 2}`", "sum 6 [1,{\"a\":2}]\nResult: 12")]
    [InlineData("({ name: 'Grüße 😀', at: new Date(0) })", "Result: {\"name\":\"Grüße 😀\",\"at\":\"1970-01-01T00:00:00.000Z\"}")]
    [InlineData("console.log('only this'); undefined", "only this\nNo result.")]
    [InlineData("Promise.resolve(3).then(function (value) { console.log('later', value); }); 'now'", "later 3\nResult: now")]
    public async Task Run_Code_GivesWhatItPrintsAndItsLastValue(string code, string expected) => (await RunAsync(code)).ShouldBe(new(expected));

    [Theory]
    [InlineData("console.log('before');\nvar a = 1;\nthrow new Error('on purpose');", "before\nError: on purpose (line 3)")]
    [InlineData("var a = 1;\nmissing.thing", "ReferenceError: missing is not defined. (line 2)")]
    [InlineData("function f(n) { return 1 + f(n + 1); } f(0)", "RangeError: functions call each other more than 1000 deep.")]
    public async Task Run_FaultyCode_NamesTheFault(string code, string expected) => (await RunAsync(code)).ShouldBe(ToolOutput.Error(expected));

    [Fact]
    public async Task Run_SyntaxThatIsNotUnderstood_SaysWhatToWriteInstead()
    {
        ToolOutput output = await RunAsync("[1, 2].map(x => x * 2)");

        output.IsError.ShouldBeTrue();
        output.Content.ShouldStartWith("SyntaxError");
        output.Content.ShouldContain("(line 1)");
        output.Content.ShouldContain("write function (x)");
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("/(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')")]
    [InlineData("for (var i = 0; ; i++) eval('1 + ' + i);")]
    [InlineData("console.log({ toJSON: function () { while (true) { } } })")]
    [InlineData("function again() { Promise.resolve().then(again); } again();")]
    public async Task Run_EndlessCode_IsStopped(string code) => (await RunAsync(code, new() { TimeoutSeconds = 1 })).ShouldBe(ToolOutput.Error("The code ran longer than 1 s and was stopped."));

    [Theory]
    [InlineData("var all = []; while (true) all.push('text ' + all.length);")]
    [InlineData("var text = 'x'; while (true) text += text;")]
    [InlineData("'x'.repeat(1e9).length")]
    [InlineData("new Int32Array(1e8).length")]
    [InlineData("new Array(1e9).join('ab').length")]
    public async Task Run_CodeThatWantsMuchMemory_Fails(string code)
    {
        ToolOutput output = await RunAsync(code, new() { TimeoutSeconds = 10, MemoryMegabytes = 32 });

        output.IsError.ShouldBeTrue();
        new[] { OutOfMemory, "ended its process" }.ShouldContain(text => output.Content.Contains(text, StringComparison.Ordinal), output.Content);
    }

    [Theory]
    [InlineData("typeof System + typeof importNamespace + typeof clr + typeof host", "undefinedundefinedundefinedundefined")]
    [InlineData("typeof require + typeof process + typeof module + typeof Deno", "undefinedundefinedundefinedundefined")]
    [InlineData("typeof fetch + typeof XMLHttpRequest + typeof WebSocket + typeof setTimeout", "undefinedundefinedundefinedundefined")]
    [InlineData("var all = Function('return this')(); typeof all.process + typeof all.System", "undefinedundefined")]
    [InlineData("typeof console.log.constructor('return this')().process", "undefined")]
    [InlineData("typeof console.GetType + typeof console.Engine + typeof console.log.Method + typeof ''.GetType", "undefinedundefinedundefinedundefined")]
    [InlineData("Object.getOwnPropertyNames(Object.getPrototypeOf(console)).indexOf('GetType')", "-1")]
    [InlineData("Object.prototype.process = 'mine'; Array.prototype.toJSON = function () { return 'seen'; }; [1]", "\"seen\"")]
    [InlineData("Object.defineProperty(Object.prototype, 'toString', { value: function () { throw new Error('no'); } }); 7", "7")]
    public async Task Run_CodeThatLooksForAWayOut_FindsTheLanguageOnly(string code, string expected) => (await RunAsync(code)).ShouldBe(new($"Result: {expected}"));

    [Theory]
    [InlineData("'x'.repeat(5000000)")]
    [InlineData("var line = 'y'.repeat(100000); for (var i = 0; i < 1000; i++) console.log(line); 1")]
    [InlineData("for (var i = 0; i < 500000; i++) console.log(''); 1")]
    [InlineData("String.fromCharCode(0).repeat(5000000)")]
    public async Task Run_GiantOutput_IsCut(string code)
    {
        ToolOutput output = await RunAsync(code, new() { TimeoutSeconds = 10 });

        output.IsError.ShouldBeFalse();
        output.Content.Length.ShouldBeLessThan(600_000);
        output.Content.ShouldContain("[what came after is left out");
    }

    [Fact]
    public async Task Run_CodeTooDeepToRead_FailsAlone()
    {
        ToolOutput output = await RunAsync(new string('(', 200_000) + "1" + new string(')', 200_000));

        output.IsError.ShouldBeTrue();
    }

    [Fact]
    public async Task Run_MoreThanAllowedAtOnce_OneAfterTheOther()
    {
        using RunCodeTool tool = Tool(new() { TimeoutSeconds = 10, MaxConcurrent = 1 });
        ToolOutput[] outputs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunAsync(tool, "var begin = Date.now(); while (Date.now() - begin < 100) { } [begin, Date.now()]")));

        long[][] spans = [.. outputs.Select(static output => JsonSerializer.Deserialize<long[]>(output.Content["Result: ".Length..])!).OrderBy(static span => span[0])];
        spans[1][0].ShouldBeGreaterThanOrEqualTo(spans[0][1]);
        spans[2][0].ShouldBeGreaterThanOrEqualTo(spans[1][1]);
    }

    [Fact]
    public async Task Run_Cancelled_EndsTheProcess()
    {
        using RunCodeTool tool = Tool(new() { TimeoutSeconds = 60 });
        using CancellationTokenSource cancel = new(TimeSpan.FromSeconds(1));

        await Should.ThrowAsync<OperationCanceledException>(() => RunAsync(tool, "while (true) { }", cancel.Token));
        (await RunAsync(tool, "1")).ShouldBe(new("Result: 1"));
    }

    [Theory]
    [InlineData(0, 64, 2, "TimeoutSeconds is 0; allowed are 1 to 60")]
    [InlineData(5, 16, 2, "MemoryMegabytes is 16; allowed are 32 to 1024")]
    [InlineData(5, 64, 17, "MaxConcurrent is 17; allowed are 1 to 16")]
    public void Options_OutOfRange_AreNamed(int seconds, int megabytes, int concurrent, string expected) =>
        new ToolOptionsValidator().Validate(null, new() { RunCode = new() { Enabled = true, TimeoutSeconds = seconds, MemoryMegabytes = megabytes, MaxConcurrent = concurrent } })
            .FailureMessage!.ShouldContain(expected);

    private static RunCodeTool Tool(RunCodeOptions options) => new(options, new(options));

    private static async Task<ToolOutput> RunAsync(string code, RunCodeOptions? options = null)
    {
        using RunCodeTool tool = Tool(options ?? new() { TimeoutSeconds = 30 });
        return await RunAsync(tool, code);
    }

    private static Task<ToolOutput> RunAsync(RunCodeTool tool, string code, CancellationToken cancellationToken = default) =>
        tool.InvokeAsync(new(JsonSerializer.SerializeToElement(new { code }), "key", "tenant"), cancellationToken);
}
