using System.Net;
using System.Text.Json;
using HybridAgents.Api.Tests.Support;

namespace HybridAgents.Api.Tests.Workflows;

public sealed class WorkflowRoutesTests : IAsyncLifetime
{
    private const string Workflows = "/api/v1/workflows";
    private const string Poem = """{"id":"poem","name":"Poem","inputs":{"topic":{}},"steps":[{"id":"write","type":"agent","agent":"creative","input":"A poem about {{input.topic}}"}]}""";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Create_Workflow_IsThereAsItWasWritten()
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, Workflows, Poem);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.Location!.ToString().ShouldBe($"{Workflows}/poem");
        JsonElement read = await GetAsync($"{Workflows}/poem");
        using HttpResponseMessage second = await SendAsync(HttpMethod.Post, Workflows, Poem);
        using HttpResponseMessage nameless = await SendAsync(HttpMethod.Post, Workflows, Poem.Replace("\"id\":\"poem\",", "", StringComparison.Ordinal));

        read.GetProperty("definition").GetRawText().ShouldBe(Poem);
        (read.GetProperty("version").GetInt32(), read.GetProperty("name").GetString()).ShouldBe((1, "Poem"));
        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await nameless.JsonAsync()).GetProperty("workflow_id").GetString().ShouldStartWith("workflow_");
        JsonElement list = await GetAsync(Workflows);
        (list.GetProperty("total").GetInt32(), list.GetProperty("workflows")[0].GetProperty("steps").GetInt32()).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Replace_Workflow_MakesAVersionUnlessItHasMoved()
    {
        await CreateAsync(Poem);
        using HttpResponseMessage changed = await SendAsync(HttpMethod.Put, $"{Workflows}/poem", Poem.Replace("Poem", "Ode", StringComparison.Ordinal), "\"1\"");
        using HttpResponseMessage late = await SendAsync(HttpMethod.Put, $"{Workflows}/poem", Poem, "\"1\"");
        using HttpResponseMessage elsewhere = await SendAsync(HttpMethod.Put, $"{Workflows}/poem", Poem.Replace("\"poem\"", "\"other\"", StringComparison.Ordinal));
        JsonElement versions = await GetAsync($"{Workflows}/poem/versions");

        (await changed.JsonAsync()).GetProperty("version").GetInt32().ShouldBe(2);
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await ShouldBeFaultAsync(elsewhere, "id", "must be 'poem'");
        versions.GetProperty("versions").EnumerateArray().Select(static version => version.GetProperty("name").GetString()).ShouldBe(["Ode", "Poem"]);
    }

    [Fact]
    public async Task Delete_Workflow_IsGone()
    {
        await CreateAsync(Poem);
        using HttpResponseMessage deleted = await _host.User.DeleteAsync(new Uri($"{Workflows}/poem", UriKind.Relative));
        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (string path in (string[])["", "/versions", "/graph"])
        {
            using HttpResponseMessage gone = await _host.User.GetAsync(new Uri($"{Workflows}/poem{path}", UriKind.Relative));
            gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("""{}""", "body", "'name'")]
    [InlineData("""{"id":"schema","name":"x","steps":[{"id":"a","type":"agent","input":"x"}]}""", "id", "taken by the server")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"agent","agent":"nobody","input":"x"}]}""", "steps[0].agent", "no 'nobody'")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"tool","tool":"teleport"}]}""", "steps[0].tool", "calculator")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"tool","tool":"calculator"}]}""", "steps[0].arguments", "must have the property 'expression', as 'calculator' asks")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"tool","tool":"calculator","arguments":{"expression":7}}]}""", "steps[0].arguments.expression", "must be string")]
    [InlineData("""{"name":"x","inputs":{"n":{}},"steps":[{"id":"a","type":"tool","tool":"calculator","arguments":{"expression":"{{input.n}}","by":"{{input.n}}"}}]}""", "steps[0].arguments", "must not have the property 'by'")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"workflow","workflow":"nothing"}]}""", "steps[0].workflow", "no 'nothing'")]
    [InlineData("""{"id":"me","name":"x","steps":[{"id":"a","type":"workflow","workflow":"me"}]}""", "steps[0].workflow", "me → me")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"agent","input":"{{steps.b.output}}"}]}""", "steps[0].input", "no step 'b'")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"loop","until":"1","steps":[{"id":"b","type":"robot"}]}]}""", "steps[0].steps[0].type", "handoff")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"workflow","workflow":"poem"}]}""", "steps[0].inputs.topic", "required by 'poem'")]
    [InlineData("""{"name":"x","steps":[{"id":"a","type":"workflow","workflow":"poem","inputs":{"topic":"x","more":1}}]}""", "steps[0].inputs.more", "it has: topic")]
    public async Task Validate_Wrong_NamesTheField(string body, string path, string message)
    {
        await CreateAsync(Poem);
        foreach (string route in (string[])[$"{Workflows}/validate", Workflows])
        {
            using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, route, body);
            await ShouldBeFaultAsync(answer, path, message);
        }
    }

    [Fact]
    public async Task Workflows_ThatLeadInACircle_AreRefused()
    {
        await CreateAsync(Poem);
        await CreateAsync("""{"id":"outer","name":"x","steps":[{"id":"a","type":"workflow","workflow":"poem","inputs":{"topic":"x"}}]}""");
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Put, $"{Workflows}/poem", """{"name":"x","inputs":{"topic":{}},"steps":[{"id":"a","type":"workflow","workflow":"outer"}]}""");

        await ShouldBeFaultAsync(answer, "steps[0].workflow", "poem → outer → poem");
    }

    [Fact]
    public async Task Validate_Right_IsDrawnAndNotKept()
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"{Workflows}/validate", Poem);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement read = await answer.JsonAsync();

        (read.GetProperty("valid").GetBoolean(), read.GetProperty("steps").GetInt32()).ShouldBe((true, 1));
        read.GetProperty("graph").GetString().ShouldStartWith("flowchart TD");
        (await GetAsync(Workflows)).GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Graph_OfAWorkflow_IsMermaid()
    {
        await CreateAsync(Poem);
        using HttpResponseMessage answer = await _host.Guest.GetAsync(new Uri($"{Workflows}/poem/graph", UriKind.Relative));

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/vnd.mermaid");
        (await answer.Content.ReadAsStringAsync()).ShouldContain("step_write[\"write<br/>agent creative\"]");
    }

    [Theory]
    [InlineData("""{"inputs":{}}""", "inputs.topic", "is required: a string")]
    [InlineData("""{"inputs":{"topic":7}}""", "inputs.topic", "must be a string")]
    [InlineData("""{"inputs":{"topic":"x","size":7}}""", "inputs.size", "it has: topic")]
    [InlineData("""{"messages":[]}""", "messages", "not a known field")]
    [InlineData("""{"inputs":{"topic":"x"},"limits":{"timeout_seconds":0}}""", "limits.timeout_seconds", "604800")]
    public async Task Start_Wrong_NamesTheField(string body, string path, string message)
    {
        await CreateAsync(Poem);
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"{Workflows}/poem/runs", body);
        await ShouldBeFaultAsync(answer, path, message);
    }

    [Fact]
    public async Task Guest_MayLookAndNotTouch()
    {
        await CreateAsync(Poem);
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])[(HttpMethod.Post, Workflows), (HttpMethod.Put, $"{Workflows}/poem"), (HttpMethod.Post, $"{Workflows}/poem/runs")])
        {
            using HttpRequestMessage request = new(method, path) { Content = ApiHost.Json(Poem) };
            using HttpResponseMessage answer = await _host.Guest.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    private static async Task ShouldBeFaultAsync(HttpResponseMessage answer, string path, string message)
    {
        Dictionary<string, string> faults = await answer.FaultsAsync();
        faults.Keys.ShouldContain(path);
        faults[path].ShouldContain(message);
    }

    private async Task CreateAsync(string body)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, Workflows, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage answer = await _host.User.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.JsonAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, string? ifMatch = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = ApiHost.Json(body) };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await _host.User.SendAsync(request);
    }
}
