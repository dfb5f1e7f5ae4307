using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Workflows;
using static HybridAgents.Core.Tests.Json;

namespace HybridAgents.Core.Tests.Workflows;

public sealed class WorkflowCheckTests
{
    private const string Ask = """{"id":"ask","type":"agent","input":"Hi"}""";

    /// <summary>Everything that can be said of a step, rightly.</summary>
    private const string Whole = """
        {"$schema":"x","id":"whole","name":"Whole","inputs":{"topic":{},"list":{"type":"array"},"n":{"type":"number","default":3}},
         "steps":[
          {"type":"agent","id":"a","input":"{{input.topic}}","retry":{"max_attempts":3,"delay_seconds":0.5,"backoff":2},"on_error":"continue","timeout_seconds":60},
          {"id":"t","type":"tool","tool":"calculator","arguments":{"expression":"{{input.n}} + 1"}},
          {"id":"p","type":"parallel","items":"{{input.list}}","max_concurrency":2,"on_failure":"continue","steps":[{"id":"pi","type":"agent","input":"{{index}}: {{item.name}} {{steps.a.output.text}}"}]},
          {"id":"q","type":"parallel","branches":[{"name":"left","steps":[{"id":"ql","type":"agent","input":"l"}]},{"name":"right","steps":[{"id":"qr","type":"agent","input":"r"}]}]},
          {"id":"l","type":"loop","until":"loop.iteration > 2 && contains(steps.la.output.text, 'ok')","on_limit":"continue","steps":[{"id":"la","type":"agent","input":"{{steps.lb.output.text}}"},{"id":"lb","type":"agent","input":"{{loop.iteration}}"}]},
          {"id":"b","type":"branch","cases":[{"when":"input.n >= 2 && steps.a.error == null","steps":[{"id":"ba","type":"agent","input":"x","next":"end"},{"id":"bz","type":"wait","seconds":1}]}],"else":[{"id":"be","type":"wait","until":"2030-01-01T00:00:00Z"}]},
          {"id":"h","type":"handoff","input":"x","agents":[{"name":"one","agent":"general"},{"name":"two","agent":"math","description":"sums","instructions":"{{input.topic}}"}]},
          {"id":"ok","type":"approval","message":"{{steps.h.output.agent}}?","on_timeout":"approve","on_reject":"continue"},
          {"id":"w","type":"wait","event":"paid","on_timeout":"continue","timeout_seconds":5},
          {"id":"s","type":"workflow","workflow":"other","inputs":{"x":"{{steps.w.output.data.y}}"}}],
         "output":{"x":"{{steps.q.output.branches.left.text}}","y":["{{steps.p.output.items[0].text}}"],"z":"{{steps.ba.output.text}}"}}
        """;

    [Fact]
    public void Check_OfEverythingAtOnce_FindsNothing()
    {
        string whole = Whole.Replace(""","next":"end"},{"id":"bz","type":"wait","seconds":1}""", "}", StringComparison.Ordinal);
        Faults(whole).ShouldBeEmpty();
        JsonSchemaValidator.Validate(WorkflowSchema.Document, Parse(whole)).ShouldBeEmpty();
    }

    [Fact]
    public void Schema_ThatIsPublished_IsOneThatIsUnderstood() => JsonSchemaValidator.CheckSchema(WorkflowSchema.Document).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"steps":[]}""", "steps: must have at least 1 items")]
    [InlineData("""{"steps":[{"id":"a"}]}""", "steps[0].type: is required; one of: agent, tool")]
    [InlineData("""{"steps":[{"id":"a","type":"robot"}]}""", "steps[0].type: must be one of: agent, tool")]
    [InlineData("""{"steps":[{"id":"a","type":"agent"}]}""", "steps[0]: must have the property 'input'")]
    [InlineData("""{"steps":[{"id":"A","type":"agent","input":"x"}]}""", "steps[0].id: ")]
    [InlineData("""{"steps":[{"id":"a","type":"agent","input":"x","color":1}]}""", "steps[0]: must not have the property 'color'")]
    [InlineData("""{"steps":[{"id":"l","type":"loop","until":"true","max_iterations":101,"steps":[{"id":"a","type":"agent","input":"x"}]}]}""", "steps[0].max_iterations: ")]
    [InlineData("""{"steps":[{"id":"l","type":"loop","until":"true","steps":[{"id":"a","type":"agent"}]}]}""", "steps[0].steps[0]: must have the property 'input'")]
    [InlineData("""{"steps":[{"id":"p","type":"parallel","branches":[{"name":"x","steps":[{"id":"a","type":"tool"}]}]}]}""", "steps[0].branches[0].steps[0]: must have the property 'tool'")]
    [InlineData("""{"steps":[{"id":"b","type":"branch","cases":[{"when":"true","steps":[]}]}]}""", "steps[0].cases[0].steps: must have at least 1 items")]
    [InlineData("""{"steps":[{"id":"a","type":"agent","input":"x","retry":{"max_attempts":1}}]}""", "steps[0].retry.max_attempts: ")]
    [InlineData("""{"inputs":{"x":{"type":"date"}},"steps":[{"id":"a","type":"agent","input":"x"}]}""", "inputs.x.type: ")]
    public void Read_OfAWrongForm_NamesTheField(string rest, string expected) => Faults(Named(rest)).ShouldContain(fault => fault.StartsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("""[{"id":"a","type":"agent","input":"x"},{"id":"a","type":"agent","input":"x"}]""", "steps[1].id: is 'a', as steps[0] is; ids must be unique in the workflow")]
    [InlineData("""[{"id":"end","type":"agent","input":"x"}]""", "steps[0].id: must not be 'end', which next uses for the end of a list")]
    [InlineData("""[{"id":"a","type":"agent","input":"x"},{"id":"b","type":"agent","input":"x","next":"a"}]""", "steps[1].next: leads back to 'a', which makes a cycle; repeat steps with a loop")]
    [InlineData("""[{"id":"a","type":"agent","input":"x","next":"a"}]""", "steps[0].next: leads back to 'a', which makes a cycle; repeat steps with a loop")]
    [InlineData("""[{"id":"a","type":"agent","input":"x","next":"z"}]""", "steps[0].next: names no step of the same list; allowed: end")]
    [InlineData("""[{"id":"a","type":"agent","input":"x","next":"c"},{"id":"b","type":"agent","input":"x"},{"id":"c","type":"agent","input":"x"}]""", "steps[1]: cannot be reached: every step before 'b' goes elsewhere")]
    [InlineData("""[{"id":"a","type":"agent","input":"{{steps.b.output.text}}"},{"id":"b","type":"agent","input":"x"}]""", "steps[0].input: the step 'b' cannot have run before this one, or runs inside of a parallel step, whose own output is read instead")]
    [InlineData("""[{"id":"a","type":"agent","input":"{{steps.zz.output}}"}]""", "steps[0].input: there is no step 'zz'; known here: none")]
    [InlineData("""[{"id":"a","type":"agent","input":"x"},{"id":"b","type":"agent","input":"{{steps.a.output.txt}}"}]""", "steps[1].input: 'steps.a.output' has no 'txt'; it has: text, data")]
    [InlineData("""[{"id":"a","type":"agent","input":"x"},{"id":"b","type":"agent","input":"{{steps.a.text}}"}]""", "steps[1].input: 'steps.a' has no 'text'; it has: output, error")]
    [InlineData("""[{"id":"a","type":"agent","input":"{{input.topic}}"}]""", "steps[0].input: 'input' has no 'topic'; it has: ")]
    [InlineData("""[{"id":"a","type":"agent","input":"{{item}}"}]""", "steps[0].input: there is no 'item' here; known: input, steps")]
    [InlineData("""[{"id":"a","type":"agent","input":"{{topic}}"}]""", "steps[0].input: there is no 'topic' here; known: input, steps")]
    [InlineData("""[{"id":"a","type":"agent","input":"{{1 +}}"}]""", "steps[0].input: '+' is not expected (at character 3 of the expression)")]
    [InlineData("""[{"id":"p","type":"parallel","items":"{{input}}"}]""", "steps[0]: must have either branches, or items and steps")]
    [InlineData("""[{"id":"p","type":"parallel","items":"x {{input}}","steps":[{"id":"a","type":"agent","input":"x"}]}]""", "steps[0].items: must be a single expression that gives a list, such as {{input.topics}}")]
    [InlineData("""[{"id":"a","type":"agent","input":"x"},{"id":"p","type":"parallel","items":"{{steps.a.output.text}}","steps":[{"id":"b","type":"agent","input":"x"}]}]""", "steps[1].items: is a text; a list is needed")]
    [InlineData("""[{"id":"p","type":"parallel","branches":[{"name":"x","steps":[{"id":"a","type":"agent","input":"x"}]}]},{"id":"b","type":"agent","input":"{{steps.a.output.text}}"}]""", "steps[1].input: the step 'a' cannot have run before this one, or runs inside of a parallel step, whose own output is read instead")]
    [InlineData("""[{"id":"w","type":"wait"}]""", "steps[0]: must have exactly one of seconds, until and event")]
    [InlineData("""[{"id":"w","type":"wait","seconds":1,"event":"x"}]""", "steps[0]: must have exactly one of seconds, until and event")]
    [InlineData("""[{"id":"w","type":"wait","until":"tomorrow"}]""", "steps[0].until: must be an ISO 8601 time, such as 2030-01-31T09:00:00Z")]
    [InlineData("""[{"id":"l","type":"loop","until":"loop.iteration","steps":[{"id":"a","type":"agent","input":"x"}]}]""", "steps[0].until: is a number; a condition must be true or false")]
    [InlineData("""[{"id":"l","type":"loop","until":"loop.iteration == 'x'","steps":[{"id":"a","type":"agent","input":"x"}]}]""", "steps[0].until: '==' compares a number with a text")]
    [InlineData("""[{"id":"b","type":"branch","cases":[{"when":"loop.iteration > 1","steps":[{"id":"a","type":"agent","input":"x"}]}]}]""", "steps[0].cases[0].when: there is no 'loop' here; known: input, steps")]
    [InlineData("""[{"id":"b","type":"branch","cases":[{"when":"length(true) > 1","steps":[{"id":"a","type":"agent","input":"x"}]}]}]""", "steps[0].cases[0].when: argument 1 of length must be a text or a list, not true or false")]
    [InlineData("""[{"id":"h","type":"handoff","input":"x","agents":[{"name":"one","agent":"general"},{"name":"one","agent":"math"}]}]""", "steps[0].agents[1].name: is 'one' a second time")]
    public void Check_OfAWrongMeaning_SaysWhereAndWhatIsAllowed(string steps, string expected) => Faults(Named($$"""{"steps":{{steps}}}""")).ShouldContain(expected);

    [Fact]
    public void Check_OfTooMuch_IsRefusedQuickly()
    {
        string deep = Enumerable.Range(0, 7).Aggregate(Ask, (inner, level) => $$"""{"id":"l{{level}}","type":"loop","until":"true","steps":[{{inner}}]}""");
        Faults(Named($$"""{"steps":[{{deep}}]}""")).ShouldContain(fault => fault.Contains("nested deeper than 5 levels"));

        string many = string.Join(',', Enumerable.Range(0, 20).Select(group => $$"""{"id":"g{{group}}","type":"loop","until":"true","steps":[{{string.Join(',', Enumerable.Range(0, 20).Select(step => $$"""{"id":"s{{group}}_{{step}}","type":"agent","input":"x"}"""))}}]}"""));
        Faults(Named($$"""{"steps":[{{many}}]}""")).ShouldContain("steps: has more than 200 steps, all levels together");

        Faults(Named($$"""{"steps":[{"id":"a","type":"agent","input":"{{new string('x', 300_000)}}"}]}""")).ShouldContain(fault => fault.Contains("at most 262144 bytes"));
    }

    [Theory]
    [InlineData("""{"topic":"tea"}""", """{"topic":"tea","list":null,"n":3}""", "list is required: an array")]
    [InlineData("""{"topic":1,"list":[],"more":1}""", null, "topic must be a string", "more is no input of this workflow; it has: topic, list, n")]
    [InlineData("""{"topic":"tea","list":[1],"n":4}""", """{"topic":"tea","list":[1],"n":4}""")]
    public void ReadInputs_AreCompletedAndChecked(string given, string? complete, params string[] faults)
    {
        List<WorkflowFault> found = [];
        WorkflowDefinition workflow = WorkflowSchema.Read(Parse(Whole), found)!;
        JsonElement inputs = WorkflowCheck.ReadInputs(workflow, Parse(given), found);

        found.Select(fault => $"{fault.Path} {fault.Message}").ShouldBe(faults);
        if (complete is not null)
            inputs.GetRawText().ShouldBe(complete);
    }

    [Fact]
    public void Draw_OfAWorkflow_ShowsEveryStepAndEscapesText()
    {
        string chart = WorkflowGraph.Draw(WorkflowSchema.Read(Parse(Whole), [])!);

        foreach (string id in (string[])["a", "t", "pi", "ql", "qr", "la", "lb", "ba", "be", "h", "ok", "w", "s"])
            chart.ShouldContain($"step_{id}");
        chart.ShouldStartWith("flowchart TD\n");
        chart.ShouldContain("step_l_until{\"loop.iteration #gt; 2 #amp;#amp; contains(steps.la.output.text, 'ok')\"}");
        chart.ShouldContain("step_b -->|\"else\"| step_be");
        chart.ShouldContain("step_l_until -->|\"no\"| step_l");
        chart.ShouldNotContain("\"\"");
    }

    private static string Named(string rest) => $$"""{"name":"Test",{{rest[1..]}}""";

    private static List<string> Faults(string json)
    {
        List<WorkflowFault> faults = [];
        if (WorkflowSchema.Read(Parse(json), faults) is { } workflow)
            faults.AddRange(WorkflowCheck.Check(workflow));
        return [.. faults.Select(fault => $"{fault.Path}: {fault.Message}")];
    }
}
