using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;
using Xunit.Abstractions;

namespace HybridAgents.System.Tests.Crashes;

/// <summary>The long sample (research, draft, review loop, approval, publish), killed again and again on the way.</summary>
public sealed class WorkflowCrashTests(ITestOutputHelper output)
{
    /// <summary>The events of the run at which the host is killed, the approval's among them; spread over all steps.</summary>
    private static readonly int[] Kills = [5, 12, 19, 25, 33, 36];

    private readonly ConcurrentDictionary<string, int> _calls = new();

    [Fact]
    public async Task Kill_AtEveryStep_RepeatsNothingThatHasEnded()
    {
        await using OpenAiWireServer model = await OpenAiWireServer.StartAsync();
        model.Respond = Respond;
        await using TestHost host = new(TestHost.For(openAi: model));
        RunClient client = await host.StartAsync();
        using HttpResponseMessage made = await client.PostAsync("/api/v1/workflows", Sample("workflow.json"));
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        using HttpResponseMessage started = await client.PostAsync("/api/v1/workflows/article/runs", Sample("input.json"), "once");
        string id = JsonElement.Parse(await started.Content.ReadAsStringAsync()).Text("run_id");

        Dictionary<string, string> asking = [];
        Dictionary<string, int> callsWhenEnded = [];
        HashSet<int> open = [.. Kills];
        TaskCompletionSource kill = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Watcher watcher = new(host, id, item =>
        {
            if (item.Type() == "tool.started" && item.Text("tool") == "agent")
                asking[item.Text("call_id")] = item.GetProperty("arguments").Text("input");
            if (item.Type() == "tool.completed" && asking.TryGetValue(item.Text("call_id"), out string? question))
                callsWhenEnded[question] = _calls[question];
            if (open.Remove((int)item.Sequence()))
                Interlocked.Exchange(ref kill, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        });
        int killed = 0;
        bool answered = false;
        while (!watcher.Completion.IsCompleted)
        {
            Task next = Volatile.Read(ref kill).Task;
            Task<JsonElement>? asked = answered ? null : watcher.FirstAsync("approval.requested");
            Task first = await Task.WhenAny(next, watcher.Completion, (Task?)asked ?? watcher.Completion).WaitAsync(Waits.Limit);
            if (first == next)
            {
                host.Kill();
                killed++;
                await host.StartAsync();
            }
            else if (first == asked)
            {
                answered = true;
                await ApproveAsync(host, id);
            }
        }

        IReadOnlyList<JsonElement> events = await watcher.Completion;
        client = await host.Client;
        JsonElement run = await client.GetAsync($"/api/v1/agents/status/{id}");
        run.Status().ShouldBe("completed", run.GetRawText());
        JsonElement.Parse(run.Answer()).GetProperty("rounds").GetInt32().ShouldBe(2);
        foreach (string type in (string[])["approval.requested", "approval.resolved", "run.started"])
            events.Count(item => item.Type() == type).ShouldBe(1, type);
        events.Count(static item => item.Type() == "agent.completed").ShouldBe(6);
        events.Where(static item => item.Type() == "tool.completed").Select(static item => item.Text("call_id")).ShouldBeUnique();
        JsonElement tasks = (await client.GetAsync("/api/v1/tasks")).GetProperty("tasks");
        tasks.EnumerateArray().Select(static task => task.Text("title")).ShouldBe(["Published: tea"]);

        callsWhenEnded.Count.ShouldBe(6);
        callsWhenEnded.ShouldAllBe(call => _calls[call.Key] == call.Value, "a step was done again after it had ended");
        // What was repeated was in flight when the host died; at most one call at a time is.
        int repeated = _calls.Values.Sum() - _calls.Count;
        _calls.Count.ShouldBe(6);
        repeated.ShouldBeLessThanOrEqualTo(killed);
        killed.ShouldBeGreaterThan(Kills.Length / 2);
        output.WriteLine($"{killed} kills, {events.Count} events, {_calls.Count} model calls, {repeated} repeated because they were in flight");
    }

    private static async Task ApproveAsync(TestHost host, string id)
    {
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await (await host.Client).PostAsync($"/api/v1/agents/runs/{id}/approvals/editor", """{"decision":"approve"}""");
                answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
                return;
            }
            catch (HttpRequestException)
            {
                // The host died meanwhile; the next one takes it.
            }
        }
    }

    /// <summary>Answers by what it is asked, so that a repeated call gets the same answer, and counts.</summary>
    private WireReply Respond(WireRequest request)
    {
        string question = request.Json.GetProperty("messages").EnumerateArray().Last(static message => message.Text("role") == "user").GetProperty("content") is { ValueKind: JsonValueKind.Array } parts
            ? parts[0].Text("text")
            : request.Json.GetProperty("messages").EnumerateArray().Last(static message => message.Text("role") == "user").Text("content");
        _calls.AddOrUpdate(question, 1, static (_, count) => count + 1);
        string kind = question[..question.IndexOf(' ', StringComparison.Ordinal)];
        return WireReply.Says(kind switch
        {
            "Collect" => "Tea is old.",
            "Write" => "A paragraph.",
            "Review" => $"Be brief ({question["Review number ".Length..][..1]}).",
            _ => question.Contains("(1)", StringComparison.Ordinal) ? "A shorter paragraph." : "The best paragraph.",
        });
    }

    private static string Sample(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "samples")))
            folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder!.FullName, "samples", "article", file));
    }
}
