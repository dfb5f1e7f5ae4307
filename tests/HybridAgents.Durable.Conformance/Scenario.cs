namespace HybridAgents.Durable.Conformance;

/// <summary>What a case does with an engine: start, watch, move the clock.</summary>
public sealed class Scenario(IEngineFixture engine)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets how long a case waits, in real time, for what must happen.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the engine.</summary>
    public IEngineFixture Engine => engine;

    /// <summary>Gets the engine's client.</summary>
    public IDurableClient Client => engine.Client;

    /// <summary>Starts the engine with what <paramref name="register"/> registers.</summary>
    public Task StartEngineAsync(Action<DurableRegistry> register) => engine.StartAsync(Registry(register));

    /// <summary>Restarts the engine; with other code where <paramref name="register"/> is given.</summary>
    public Task RestartEngineAsync(Action<DurableRegistry>? register = null) => engine.RestartAsync(register is null ? null : Registry(register));

    /// <summary>Starts an instance.</summary>
    public Task<string> StartAsync(string orchestrator, object? input = null, string? id = null) => Client.ScheduleNewAsync(orchestrator, input ?? 0, new(id));

    /// <summary>Starts an instance and lets time pass until it has ended.</summary>
    public async Task<OrchestrationState> RunAsync(string orchestrator, object? input = null, string? id = null) =>
        await EndOfAsync(await StartAsync(orchestrator, input, id));

    /// <summary>Starts an instance and lets time pass until it has completed with a result.</summary>
    public async Task<T> ResultAsync<T>(string orchestrator, object? input = null, string? id = null) => ResultOf<T>(await RunAsync(orchestrator, input, id));

    /// <summary>Lets time pass until the instance has completed with a result.</summary>
    public async Task<T> ResultOfAsync<T>(string id) => ResultOf<T>(await EndOfAsync(id));

    /// <summary>Lets time pass until the instance has ended.</summary>
    public async Task<OrchestrationState> EndOfAsync(string id)
    {
        using CancellationTokenSource patience = new(Patience);
        Task<OrchestrationState?> end = Client.WaitForCompletionAsync(id, fetchPayloads: true, patience.Token);
        while (!end.IsCompleted)
        {
            await engine.PassTimeAsync(Tick);
            await Task.Yield();
        }

        return (await end).ShouldNotBeNull();
    }

    /// <summary>Waits, with the clock standing still, until the instance looks as wanted.</summary>
    public async Task<OrchestrationState> UntilAsync(string id, Func<OrchestrationState, bool> condition)
    {
        OrchestrationState? state = null;
        await UntilAsync(async () => (state = await Client.GetAsync(id)) is not null && condition(state));
        return state!;
    }

    /// <summary>Waits, with the clock standing still, until the custom status is as wanted.</summary>
    public Task<OrchestrationState> UntilStatusAsync(string id, string customStatus) => UntilAsync(id, state => state.CustomStatus.ToString() == $"\"{customStatus}\"");

    /// <summary>Waits, with the clock standing still, until the condition holds.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = new(Patience);
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await engine.PassTimeAsync(TimeSpan.Zero);
            await Task.Yield();
        }
    }

    /// <summary>Checks that something was done once; in a run with crashes, at least once.</summary>
    public void ShouldBeOnce(int count)
    {
        if (engine.RepeatsUnrecordedWork)
            count.ShouldBeGreaterThanOrEqualTo(1);
        else
            count.ShouldBe(1);
    }

    private static DurableRegistry Registry(Action<DurableRegistry> register)
    {
        DurableRegistry registry = new();
        register(registry);
        return registry;
    }

    private static T ResultOf<T>(OrchestrationState end)
    {
        end.Status.ShouldBe(OrchestrationStatus.Completed, end.Failure?.ErrorMessage);
        return end.Output!.Value.As<T>()!;
    }
}
