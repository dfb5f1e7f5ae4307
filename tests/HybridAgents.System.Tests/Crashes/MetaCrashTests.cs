using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;
using Xunit.Abstractions;

namespace HybridAgents.System.Tests.Crashes;

/// <summary>Coordinators that hand work to two agents, killed at random points of their runs.</summary>
public sealed class MetaCrashTests(ITestOutputHelper output)
{
    private const int Jobs = 3;
    private const int Kills = 6;

    /// <summary>About as many events as the root of a job has.</summary>
    private const int Events = 18;

    private readonly ConcurrentDictionary<string, int> _calls = new();
    private readonly ConcurrentDictionary<string, int> _callsWhenEnded = new();
    private TaskCompletionSource _kill = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(20260102)]
    public async Task Kill_AtRandomPoints_RepeatsNothingThatHasEnded(int seed)
    {
        Random random = new(seed);
        HashSet<(int Job, long Sequence)> open = [];
        while (open.Count < Kills)
            open.Add((random.Next(Jobs), 1 + random.Next(Events)));
        await using OpenAiWireServer model = await OpenAiWireServer.StartAsync();
        model.Respond = Respond;
        await using TestHost host = new(TestHost.For(openAi: model));
        RunClient client = await host.StartAsync();
        foreach (string agent in (string[])["writer", "critic"])
        {
            using HttpResponseMessage made = await client.PostAsync("/api/v1/agents", $$"""{"agent_id":"{{agent}}","name":"{{agent}}","system_prompt":"I am the {{agent}}.","tools":["calculator"]}""");
            made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        }

        string[] ids = new string[Jobs];
        for (int job = 0; job < Jobs; job++)
        {
            ids[job] = await client.StartAsync(RunClient.Body(
                $"job-{job}", ""","agent_config":{"agent_type":"meta","sub_agents":[{"name":"writer","agent_id":"writer"},{"name":"critic","agent_id":"critic"}]}"""));
        }

        Watcher[] watchers = [.. ids.Select((id, job) => new Watcher(host, id, item => Seen(item, job, open)))];
        Task<IReadOnlyList<JsonElement>[]> all = Task.WhenAll(watchers.Select(static watcher => watcher.Completion));
        int killed = 0;
        while (await Task.WhenAny(Volatile.Read(ref _kill).Task, all).WaitAsync(Waits.Limit) != all)
        {
            Volatile.Write(ref _kill, new(TaskCreationOptions.RunContinuationsAsynchronously));
            host.Kill();
            killed++;
            await host.StartAsync();
        }

        client = await host.Client;
        foreach ((IReadOnlyList<JsonElement> events, int job) in (await all).Select(static (events, job) => (events, job)))
            Verify(events, await client.GetAsync($"/api/v1/agents/status/{ids[job]}"), job);
        _callsWhenEnded.Count.ShouldBe(Jobs * 4); // Two branches, two turns of the coordinator.
        _callsWhenEnded.ShouldAllBe(ended => Calls(ended.Key) == ended.Value, "a branch or turn was worked on again after it had ended");
        int repeated = _calls.Values.Sum() - _calls.Count;
        _calls.Count.ShouldBe(Jobs * 5);
        repeated.ShouldBeLessThanOrEqualTo(killed * Jobs * 2, "only what was in flight may be asked again");
        killed.ShouldBeGreaterThanOrEqualTo(2); // Points close together are one kill, and some lie behind the end.
        output.WriteLine($"{killed} kills, {_calls.Count} model calls, {repeated} repeated because they were in flight");
    }

    private void Seen(JsonElement item, int job, HashSet<(int, long)> open)
    {
        if (item.Type() == "agent.completed")
            Ended($"{item.Text("agent")} job-{job}");
        if (item.Type() == "message.completed")
            Ended($"root job-{job} {item.GetProperty("turn").GetInt32() - 1}");
        lock (open)
        {
            if (open.Remove((job, item.Sequence())))
                Volatile.Read(ref _kill).TrySetResult();
        }

        void Ended(string work) => _callsWhenEnded[work] = Calls(work);
    }

    private int Calls(string work) => _calls.Where(call => call.Key.StartsWith(work, StringComparison.Ordinal)).Sum(static call => call.Value);

    private static void Verify(IReadOnlyList<JsonElement> events, JsonElement run, int job)
    {
        run.Status().ShouldBe("completed", run.GetRawText());
        run.Answer().ShouldBe($"Both are done with job-{job}.");
        events.Where(static item => item.Type() == "agent.started").Select(static item => item.Text("agent")).Order().ShouldBe(["critic", "writer"]);
        events.Where(static item => item.Type() == "agent.completed").Select(static item => item.Text("status")).ShouldBe(["completed", "completed"]);
        events.Count(static item => item.Type() == "tool.completed").ShouldBe(1);
        events.Count(static item => item.Type() == "message.completed").ShouldBe(2);
    }

    /// <summary>A model without a memory: what it says depends on the conversation alone.</summary>
    private WireReply Respond(WireRequest request)
    {
        List<JsonElement> messages = [.. request.Json.GetProperty("messages").EnumerateArray()];
        string prompt = TextOf(messages[0]), job = TextOf(messages.First(static message => message.Text("role") == "user")).Split('\n')[0];
        string who = prompt.Contains("I am the writer", StringComparison.Ordinal) ? "writer" : prompt.Contains("I am the critic", StringComparison.Ordinal) ? "critic" : "root";
        int turn = messages.Count(static message => message.Text("role") == "assistant");
        _calls.AddOrUpdate($"{who} {job} {turn}", 1, static (_, count) => count + 1);
        return (who, turn) switch
        {
            ("root", 0) => WireReply.Calls("parallel_processing", $$"""{"task":"{{job}}","subsystems":["writer","critic"]}"""),
            ("root", _) => WireReply.Says("Both are", $" done with {job}."),
            ("writer", 0) => WireReply.Calls("calculator", """{"expression":"6 * 7"}"""),
            ("writer", _) => WireReply.Says("Written: 42."),
            _ => WireReply.Says("Fine."),
        };
    }

    private static string TextOf(JsonElement message) => message.GetProperty("content") is { ValueKind: JsonValueKind.Array } parts
        ? string.Concat(parts.EnumerateArray().Select(static part => part.Text("text")))
        : message.Text("content");
}
