namespace HybridAgents.Durable.Conformance;

/// <summary>An engine as the cases see it: it can be started, stopped and started again, and its clock can be moved.</summary>
public interface IEngineFixture : IAsyncDisposable
{
    /// <summary>Gets the client; the same object over restarts.</summary>
    IDurableClient Client { get; }

    /// <summary>Gets whether work that was not recorded yet may be done a second time in this run: the fixture crashes the engine.</summary>
    bool RepeatsUnrecordedWork { get; }

    /// <summary>Gets the engine's clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Gets what orchestrators logged, oldest first.</summary>
    IReadOnlyCollection<string> Log { get; }

    /// <summary>Starts the engine with what it can run.</summary>
    Task StartAsync(DurableRegistry registry);

    /// <summary>Stops the engine in order and starts it again on the same data.</summary>
    /// <param name="registry">What it can run from now on; null for what it could before.</param>
    Task RestartAsync(DurableRegistry? registry = null);

    /// <summary>Lets time pass: everything that is due by then is set going before the task ends.</summary>
    Task PassTimeAsync(TimeSpan by);
}

/// <summary>Makes the fixtures of one way to run an engine, and decides how often a scenario is run.</summary>
public interface IEngineMode
{
    /// <summary>Runs the scenario, each time on a fixture of its own that the mode disposes of.</summary>
    /// <param name="name">The case's name.</param>
    /// <param name="scenario">What it does with the engine.</param>
    Task RunAsync(string name, Func<IEngineFixture, Task> scenario);
}
