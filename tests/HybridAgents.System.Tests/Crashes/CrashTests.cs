using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.WireServers;
using Xunit.Abstractions;

namespace HybridAgents.System.Tests.Crashes;

/// <summary>
/// The host is killed again and again on the same folder while clients go on as if nothing were. <c>HYBRID_CRASHES=60</c> kills it that often;
/// <c>HYBRID_CRASHES=60 dotnet test tests/HybridAgents.System.Tests --filter CrashTests</c>.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int DefaultCrashes = 18;
    private const int JobsPerCrash = 4;
    private static readonly string[] CancelMoments = ["run.started", "model.started", "message.delta", "tool.started", "message.completed"];

    private readonly ScriptedAgent _agent = new();
    private readonly List<(Job Job, Task<IReadOnlyList<JsonElement>> Events)> _jobs = [];
    private CrashPoint _point = new(CrashKind.Event, 0);

    [Theory]
    [InlineData(20260101)]
    public async Task Kill_AtManyPoints_LosesNothingAndRepeatsNothing(int seed)
    {
        int crashes = Environment.GetEnvironmentVariable("HYBRID_CRASHES") is { Length: > 0 } wish ? int.Parse(wish, CultureInfo.InvariantCulture) : DefaultCrashes;
        Random random = new(seed);
        await using OllamaWireServer ollama = await OllamaWireServer.StartAsync();
        ollama.Respond = _agent.Respond;
        await using OpenAiWireServer openAi = await OpenAiWireServer.StartAsync();
        openAi.Respond = _agent.Respond;
        await using TestHost host = new(TestHost.For(ollama, openAi)) { Program = LetterHost.Program };
        int reached = 0;
        long begun = Stopwatch.GetTimestamp();
        for (int crash = 0; crash < crashes; crash++)
        {
            await host.StartAsync();
            CrashKind kind = (CrashKind)(crash % 7);
            _point = new(kind, 1 + random.Next(kind switch { CrashKind.Event => 40, CrashKind.Approved or CrashKind.Cancelled => 1, _ => 4 }));
            await WorkAsync(host, crash, crash < crashes / 2, random);
            reached += _point.Reached.IsCompleted ? 1 : 0;
            host.Kill();
        }

        _agent.Refine = static (_, _, reply) => reply;
        await host.StartAsync();
        List<(Job Job, IReadOnlyList<JsonElement> Events)> ended = [];
        foreach ((Job job, Task<IReadOnlyList<JsonElement>> events) in _jobs)
            ended.Add((job, await EndAsync(host, job, events)));
        Dictionary<string, int> letters = (await File.ReadAllLinesAsync(Path.Combine(host.Folder, LetterHost.File))).CountBy(static letter => letter).ToDictionary();
        letters.ShouldAllBe(static letter => letter.Value == 1, "a letter was sent twice");
        foreach ((Job job, IReadOnlyList<JsonElement> events) in ended)
            await job.VerifyAsync(events, letters);
        int reviews = ended.Sum(static end => end.Events.Count(static item => item.Type() == "review.requested"));
        reached.ShouldBeGreaterThan(crashes * 3 / 4, "most crashes must hit the moment that was chosen");
        output.WriteLine($"{crashes} crashes, {reached} at the chosen moment, {_jobs.Count} runs, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s; {_agent.Distinct} model calls, {_agent.Total - _agent.Distinct} repeated because they were in flight; {letters.Count} letters, {reviews} reviews");
    }

    /// <summary>Posts new jobs beside those that are still under way, and works until the moment to crash.</summary>
    private async Task WorkAsync(TestHost host, int crash, bool letters, Random random)
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
                SendsLetters = index == 3 && letters, // In the first half: before a review, the claim of the dead process must run out.
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
