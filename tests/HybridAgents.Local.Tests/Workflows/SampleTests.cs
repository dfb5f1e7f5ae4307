using System.Net;
using System.Text.Json;
using HybridAgents.Core.Tools;
using HybridAgents.Core.Workflows;
using HybridAgents.Local.Tests.Support;

namespace HybridAgents.Local.Tests.Workflows;

/// <summary>The samples, as their READMEs run them: over HTTP, on the offline model.</summary>
public sealed class SampleTests : OfflineHost
{
    public static TheoryData<string> Samples => [.. Directory.EnumerateDirectories(Folder).Select(static folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    private static string Folder { get; } = Path.Combine(Checkout(), "samples");

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Sample_FitsThePublishedSchema(string sample)
    {
        JsonElement schema = await Client.GetAsync("/api/v1/workflows/schema");
        JsonElement document = JsonElement.Parse(Read(sample, "workflow.json"));

        JsonSchemaValidator.Validate(schema, document).ShouldBeEmpty();
        JsonElement.DeepEquals(schema, WorkflowSchema.Document).ShouldBeTrue();
    }

    [Fact]
    public async Task Schema_RefusesWhatTheServerRefuses()
    {
        JsonElement schema = await Client.GetAsync("/api/v1/workflows/schema");
        string wrong = Read("survey", "workflow.json").Replace("\"max_concurrency\": 2", "\"max_concurrency\": 200", StringComparison.Ordinal);

        JsonSchemaValidator.Validate(schema, JsonElement.Parse(wrong)).ShouldNotBeEmpty();
        using HttpResponseMessage answer = await Client.PostAsync("/api/v1/workflows/validate", wrong);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("steps[0].max_concurrency");
    }

    [Fact]
    public async Task Workflow_OfTheConceptPage_IsRight()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Folder, "..", "docs", "concepts", "workflows.md"));
        int start = page.IndexOf("```json", StringComparison.Ordinal) + "```json".Length;
        using HttpResponseMessage answer = await Client.PostAsync("/api/v1/workflows/validate", page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Article_WithAnEditor_IsPublishedAfterTwoRounds()
    {
        string id = await StartAsync("article");
        JsonElement asked = await Client.WaitAsync(id, "requires_action");
        asked.GetProperty("required_action").GetProperty("calls")[0].GetProperty("call_id").GetString().ShouldBe("editor");
        using HttpResponseMessage answer = await Client.PostAsync($"/api/v1/agents/runs/{id}/approvals/editor", """{"decision":"approve","comment":"Good."}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonElement output = await OutputAsync(id);

        output.GetProperty("rounds").GetInt32().ShouldBe(2);
        output.GetProperty("approved").GetBoolean().ShouldBeTrue();
        output.GetProperty("text").GetString()!.ShouldContain("Improve the text.");
        (await TasksAsync()).ShouldBe(["Published: tea"]);
        (await Client.GetAsync($"/api/v1/agents/status/{id}")).GetProperty("progress").GetProperty("agents").EnumerateArray().Select(static agent => agent.GetProperty("path").GetString())
            .ShouldBe(["research", "draft", "review", "rewrite", "review", "rewrite"]);
        JsonElement[] messages = [.. (await Client.GetAsync($"/api/v1/agents/runs/{id}/messages")).GetProperty("messages").EnumerateArray().Select(static entry => entry.GetProperty("message"))];
        messages.Select(static message => message.GetProperty("role").GetString()).ShouldBe([.. Enumerable.Repeat(new[] { "assistant", "tool" }, 8).SelectMany(static pair => pair), "assistant"]);
        (await Client.GetAsync("/api/v1/agents/runs?workflow_id=article")).GetProperty("runs").EnumerateArray().Select(static run => run.GetProperty("run_id").GetString()).ShouldBe([id]);
        (await Client.GetAsync("/api/v1/agents/runs?workflow_id=other")).GetProperty("runs").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Triage_OfAnUrgentQuestion_IsHandedOverAndNoted()
    {
        JsonElement output = await OutputAsync(await StartAsync("triage"));

        output.GetProperty("by").GetString().ShouldBe("numbers");
        output.GetProperty("escalated").GetBoolean().ShouldBeTrue();
        (await TasksAsync()).ShouldBe(["Call back"]);
    }

    [Fact]
    public async Task Survey_OfTopics_AnswersEachAndSummarises()
    {
        JsonElement output = await OutputAsync(await StartAsync("survey"));

        output.GetProperty("failed").GetInt32().ShouldBe(0);
        output.GetProperty("answers").EnumerateArray().Select(static answer => answer.GetProperty("text").GetString()![^8..]).ShouldBe(["ut tea.\"", "coffee.\"", "17 * 3.\""]);
        output.GetProperty("summary").GetString()!.Length.ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData("""{"event_id":"p-1","data":{"amount":9,"reference":"INV-7"}}""", "Ship 2 x cup", true)]
    [InlineData("""{"data":{"amount":8.99}}""", "Remind of cup", false)]
    public async Task Order_WithItsPayment_IsShippedOrReminded(string payment, string task, bool shipped)
    {
        string id = await StartAsync("order");
        for (int repeat = 0; repeat < 2; repeat++)
        {
            using HttpResponseMessage answer = await Client.PostAsync($"/api/v1/agents/runs/{id}/events/payment", payment);
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        }

        JsonElement output = await OutputAsync(id);
        output.GetProperty("shipped").GetBoolean().ShouldBe(shipped);
        output.GetProperty("total").ToString().ShouldBe("9");
        (await TasksAsync()).ShouldBe([task]);
    }

    [Fact]
    public async Task Report_WithTwoViews_ConcludesFromBoth()
    {
        await CreateAsync("survey");
        string id = await StartAsync("report");
        JsonElement run = await Client.WaitAsync(id, "completed", "failed");

        run.GetProperty("status").GetString().ShouldBe("completed", run.GetRawText());
        string?[] paths = [.. run.GetProperty("progress").GetProperty("agents").EnumerateArray().Select(static agent => agent.GetProperty("path").GetString())];
        paths.ShouldContain("views.topics/other/each.1/ask");
        paths.ShouldContain("views.numbers/dated");
        JsonElement conclusion = run.GetProperty("progress").GetProperty("agents").EnumerateArray().Single(static agent => agent.GetProperty("path").GetString() == "conclusion");
        JsonElement asked = await Client.GetAsync($"/api/v1/agents/runs/{conclusion.GetProperty("run_id").GetString()}/messages");
        asked.GetProperty("messages")[0].GetProperty("message").GetProperty("content").GetString()!.ShouldContain("17 * 3 = 51");
    }

    [Fact]
    public async Task Definition_ChangedOrDeletedWhileARunGoes_ReachesLaterRunsOnly()
    {
        string id = await StartAsync("order");
        string changed = Read("order", "workflow.json").Replace("Ship {{", "Send {{", StringComparison.Ordinal);
        using (HttpResponseMessage put = await Client.Http.PutAsync("/api/v1/workflows/order", new StringContent(changed, System.Text.Encoding.UTF8, "application/json")))
            put.StatusCode.ShouldBe(HttpStatusCode.OK);
        using (HttpResponseMessage second = await Client.PostAsync("/api/v1/workflows/order/runs", Read("order", "input.json")))
        {
            string later = JsonElement.Parse(await second.Content.ReadAsStringAsync()).GetProperty("run_id").GetString()!;
            using HttpResponseMessage gone = await Client.Http.DeleteAsync("/api/v1/workflows/order");
            gone.StatusCode.ShouldBe(HttpStatusCode.OK);
            foreach (string run in (string[])[id, later])
            {
                using HttpResponseMessage paid = await Client.PostAsync($"/api/v1/agents/runs/{run}/events/payment", """{"data":{"amount":9,"reference":"x"}}""");
                paid.StatusCode.ShouldBe(HttpStatusCode.Accepted);
                (await OutputAsync(run)).GetProperty("shipped").GetBoolean().ShouldBeTrue();
            }
        }

        (await TasksAsync()).ShouldBe(["Ship 2 x cup", "Send 2 x cup"], ignoreOrder: true);
        (await Client.GetAsync($"/api/v1/agents/status/{id}")).GetProperty("workflow").GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Run_CancelledByForce_EndsWithAllBelowItAndCanBePurged()
    {
        await CreateAsync("survey");
        using HttpResponseMessage made = await Client.PostAsync("/api/v1/workflows", """
            {"id":"stuck","name":"Stuck","steps":[{"id":"p","type":"parallel","branches":[
              {"name":"a","steps":[{"id":"w","type":"wait","event":"never"}]},{"name":"b","steps":[{"id":"g","type":"approval","message":"Go?"}]}]}]}
            """);
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        using HttpResponseMessage started = await Client.PostAsync("/api/v1/workflows/stuck/runs", "{}");
        string id = JsonElement.Parse(await started.Content.ReadAsStringAsync()).GetProperty("run_id").GetString()!;
        JsonElement asked = await Client.WaitAsync(id, "requires_action");
        asked.GetProperty("required_action").GetProperty("calls")[0].GetProperty("path").GetString().ShouldBe("p.b");
        using HttpResponseMessage cancel = await Client.PostAsync($"/api/v1/agents/cancel/{id}", """{"force":true}""");
        cancel.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        JsonElement run = await Client.WaitAsync(id, "cancelled");

        run.GetProperty("progress").GetProperty("agents").EnumerateArray().Select(static agent => agent.GetProperty("status").GetString()).ShouldBe(["cancelled", "cancelled"]);
        using HttpResponseMessage late = await Client.PostAsync($"/api/v1/agents/runs/{id}/events/never", "{}");
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using HttpResponseMessage badName = await Client.PostAsync($"/api/v1/agents/runs/{id}/events/%20", "{}");
        badName.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using HttpResponseMessage purged = await Client.Http.DeleteAsync($"/api/v1/agents/runs/{id}");
        purged.IsSuccessStatusCode.ShouldBeTrue();
        foreach (JsonElement below in run.GetProperty("progress").GetProperty("agents").EnumerateArray())
        {
            using HttpResponseMessage gone = await Client.Http.GetAsync($"/api/v1/agents/status/{below.GetProperty("run_id").GetString()}");
            gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    private async Task CreateAsync(string sample)
    {
        using HttpResponseMessage made = await Client.PostAsync("/api/v1/workflows", Read(sample, "workflow.json"));
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
    }

    private async Task<string> StartAsync(string sample)
    {
        await CreateAsync(sample);
        using HttpResponseMessage answer = await Client.PostAsync($"/api/v1/workflows/{sample}/runs", Read(sample, "input.json"), "once");
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, text);
        using HttpResponseMessage again = await Client.PostAsync($"/api/v1/workflows/{sample}/runs", Read(sample, "input.json"), "once");
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        return JsonElement.Parse(text).GetProperty("run_id").GetString()!;
    }

    private async Task<JsonElement> OutputAsync(string id)
    {
        JsonElement run = await Client.WaitAsync(id, "completed", "failed", "cancelled");
        run.GetProperty("status").GetString().ShouldBe("completed", run.GetRawText());
        return JsonElement.Parse(run.GetProperty("result").GetProperty("message").GetProperty("content").GetString()!);
    }

    private async Task<string?[]> TasksAsync() =>
        [.. (await Client.GetAsync("/api/v1/tasks")).GetProperty("tasks").EnumerateArray().Select(static task => task.GetProperty("title").GetString())];

    private static string Read(string sample, string file) => File.ReadAllText(Path.Combine(Folder, sample, file));

    private static string Checkout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "samples")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The checkout with samples/ is not above the tests.");
    }
}
