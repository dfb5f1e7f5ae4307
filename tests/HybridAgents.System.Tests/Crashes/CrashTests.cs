using System.Diagnostics;
using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.WireServers;
using Xunit.Abstractions;

namespace HybridAgents.System.Tests.Crashes;

/// <summary>The host is killed again and again on the same folder while clients go on as if nothing were.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Crashes = 30;
    private const int JobsPerCrash = 4;
    private static readonly string[] CancelMoments = ["run.started", "model.started", "message.delta", "tool.started", "message.completed"];

    private readonly ScriptedAgent _agent = new();
    private readonly List<(Job Job, Task<IReadOnlyList<JsonElement>> Events)> _jobs = [];
    private CrashPoint _point = new(CrashKind.Event, 0);

    [Theory]
    [InlineData(20260101)]
    public async Task Kill_AtManyPoints_LosesNothingAndRepeatsNothing(int seed)
    {
        Random random = new(seed);
        await using OllamaWireServer ollama = await OllamaWireServer.StartAsync();
        ollama.Respond = _agent.Respond;
        await using OpenAiWireServer openAi = await OpenAiWireServer.StartAsync();
        openAi.Respond = _agent.Respond;
        await using TestHost host = new(TestHost.For(ollama, openAi));
        int reached = 0;
        long begun = Stopwatch.GetTimestamp();
        for (int crash = 0; crash < Crashes; crash++)
        {
            await host.StartAsync();
            CrashKind kind = (CrashKind)(crash % 7);
            _point = new(kind, 1 + random.Next(kind switch { CrashKind.Event => 40, CrashKind.Approved or CrashKind.Cancelled => 1, _ => 4 }));
            await WorkAsync(host, crash, random);
            reached += _point.Reached.IsCompleted ? 1 : 0;
            host.Kill();
        }

        _agent.Refine = static (_, _, reply) => reply;
        await host.StartAsync();
        foreach ((Job job, Task<IReadOnlyList<JsonElement>> events) in _jobs)
            await job.VerifyAsync(await EndAsync(host, job, events));
        reached.ShouldBeGreaterThan(Crashes * 4 / 5, "most crashes must hit the moment that was chosen");
        output.WriteLine($"{Crashes} crashes, {reached} at the chosen moment, {_jobs.Count} runs, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s; {_agent.Distinct} model calls, {_agent.Total - _agent.Distinct} repeated because they were in flight");
    }

    /// <summary>Posts new jobs beside those that are still under way, and works until the moment to crash.</summary>
    private async Task WorkAsync(TestHost host, int crash, Random random)
    {
        string stalled = $"job-{crash}-{random.Next(JobsPerCrash)}";
        CrashPoint point = _point;
        _agent.Refine = (call, count, reply) =>
        {
            point.Happened(CrashKind.ModelCall);
            // Only the first time: the crash frees it.
            return call.Job == stalled && count == 1 && reply.ToolCalls.Count == 0 ? reply.StallAfter(2) : reply;
        };
        List<Task> free = [];
        for (int index = 0; index < JobsPerCrash; index++)
        {
            string name = $"job-{crash}-{index}";
            Job job = new(host, _agent, what => _point.Happened(what))
            {
                Name = name,
                Tools = index is 1 or 2 ? 1 + random.Next(2) : random.Next(3),
                Provider = random.Next(2) == 0 ? "ollama" : "openai",
                NeedsApproval = index == 1 || random.Next(4) == 0,
                CancelsOn = index == 2 || random.Next(6) == 0 ? CancelMoments[random.Next(CancelMoments.Length)] : null,
            };
            Task<IReadOnlyList<JsonElement>> running = job.RunAsync();
            _jobs.Add((job, running));
            if (name != stalled)
                free.Add(running);
        }

        await Task.WhenAny(point.Reached, Task.WhenAll(free)).WaitAsync(Waits.Limit); // The host may also die idle.
    }

    private static async Task<IReadOnlyList<JsonElement>> EndAsync(TestHost host, Job job, Task<IReadOnlyList<JsonElement>> events)
    {
        try
        {
            return await events.WaitAsync(Waits.Limit);
        }
        catch (TimeoutException lost)
        {
            JsonElement run = await (await host.Client).GetAsync($"/api/v1/agents/status/{job.RunId}");
            throw new TimeoutException($"{job.Name} did not end: {run}", lost);
        }
    }
}
