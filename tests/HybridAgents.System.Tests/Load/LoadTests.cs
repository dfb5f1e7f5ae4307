using System.Diagnostics;
using System.Text.Json;
using HybridAgents.System.Tests.Support;
using HybridAgents.TestSupport.Hosting;
using HybridAgents.TestSupport.WireServers;
using Xunit.Abstractions;

namespace HybridAgents.System.Tests.Load;

/// <summary>Many runs, watchers and waiting requests at once, and a restart in the middle of many runs.</summary>
[Collection(nameof(Alone))]
public sealed class LoadTests(ITestOutputHelper output)
{
    private readonly ScriptedAgent _agent = new();

    /// <summary>Ends the wait of every model call, so that all runs are there before the first one ends.</summary>
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Run_AThousandAtOnce_AllCompleteInBoundedMemory()
    {
        const int runs = 1000, connections = 64, watchers = 200, mostMebibytes = 600;
        await using OllamaWireServer server = await StartServerAsync();
        await using TestHost host = await TestHost.StartNewAsync(TestHost.For(server));
        long begun = Stopwatch.GetTimestamp();
        string[] ids = await PostAsync(host, runs, connections);
        TimeSpan posted = Stopwatch.GetElapsedTime(begun);

        Watcher[] watching = [.. ids[..watchers].Select(id => new Watcher(host, id))];
        RunClient client = await host.Client;
        Task<JsonElement>[] waiting = [.. ids.Select(id => client.GetAsync($"/api/v1/agents/status/{id}?wait=30"))];
        await Task.WhenAll(watching.Select(watcher => watcher.FirstAsync("run.created")));
        begun = Stopwatch.GetTimestamp();
        _open.SetResult();
        foreach (Watcher watcher in watching)
            (await watcher.Completion.WaitAsync(Waits.Limit))[^1].Type().ShouldBe("run.completed");
        await Task.WhenAll(waiting).WaitAsync(Waits.Limit);
        await VerifyAsync(client, ids);

        (int now, int most) = host.ResidentMemory();
        output.WriteLine($"{runs} runs posted in {posted.TotalSeconds:0.0} s, completed {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s after the model began to answer; host {now} MiB, at most {most} MiB");
        most.ShouldBeLessThan(mostMebibytes);
        _agent.Total.ShouldBe(2 * runs); // One tool turn and the answer: no call was repeated.
    }

    /// <summary>Whether the host is killed, or stopped in order, which takes a signal.</summary>
    public static TheoryData<bool> Ends => OperatingSystem.IsWindows() ? [true] : [true, false];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Restart_WithFiveHundredRunsUnderWay_AllComplete(bool killed)
    {
        const int runs = 500;
        await using OllamaWireServer server = await StartServerAsync();
        await using TestHost host = await TestHost.StartNewAsync([.. TestHost.For(server), "--Providers:Ollama:MaxConcurrency", "100"]);
        string[] ids = await PostAsync(host, runs, connections: 64);
        Watcher watcher = new(host, ids[^1]);
        if (killed)
            host.Kill();
        else
            (await host.StopAsync()).ShouldBeEmpty();

        long begun = Stopwatch.GetTimestamp();
        RunClient client = await host.StartAsync();
        TimeSpan ready = Stopwatch.GetElapsedTime(begun);
        _open.SetResult();
        await VerifyAsync(client, ids);
        await watcher.Completion.WaitAsync(Waits.Limit);
        output.WriteLine($"{runs} runs under way, {(killed ? "killed" : "stopped")}: ready again after {ready.TotalSeconds:0.0} s, all done after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
    }

    private static async Task<string[]> PostAsync(TestHost host, int runs, int connections)
    {
        using RunClient client = new((await host.Client).Http.BaseAddress!, key: null, connections);
        return await Task.WhenAll(Enumerable.Range(0, runs).Select(index => client.StartAsync(RunClient.Body(ScriptedAgent.Prompt($"job-{index}", tools: 1)))));
    }

    private static async Task VerifyAsync(RunClient client, string[] ids) => await Parallel.ForAsync(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (index, _) =>
    {
        JsonElement run = await client.WaitAsync(ids[index], "completed", "failed");
        run.Status().ShouldBe("completed", run.GetRawText());
        run.Answer().ShouldBe(ScriptedAgent.Answer($"job-{index}"));
        run.GetProperty("usage").GetProperty("tool_calls").GetInt32().ShouldBe(2);
    });

    private async Task<OllamaWireServer> StartServerAsync()
    {
        OllamaWireServer server = await OllamaWireServer.StartAsync();
        _agent.Refine = (_, _, reply) => reply.AfterSignal(_open.Task);
        server.Respond = _agent.Respond;
        return server;
    }
}
