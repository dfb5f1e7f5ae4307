namespace HybridAgents.Durable.Tests.Conformance;

/// <summary>The embedded engine, run once for each case.</summary>
/// <param name="maxHotInstances">0 drops the code after every turn, so that each turn is a replay.</param>
public sealed class EmbeddedMode(int maxHotInstances) : IEngineMode
{
    /// <summary>Gets the mode in which code stays in memory.</summary>
    public static EmbeddedMode Hot { get; } = new(10_000);

    /// <summary>Gets the mode in which every turn is a replay.</summary>
    public static EmbeddedMode Cold { get; } = new(0);

    /// <inheritdoc/>
    public async Task RunAsync(string name, Func<IEngineFixture, Task> scenario)
    {
        await using EmbeddedFixture engine = new(maxHotInstances);
        await scenario(engine);
    }
}

/// <summary>The embedded engine on a disk whose power fails: each case is run once for every commit group that it writes, with the power cut after that group.</summary>
public sealed class CrashMode : IEngineMode
{
    /// <summary>Gets the mode.</summary>
    public static CrashMode AfterEveryGroup { get; } = new();

    /// <inheritdoc/>
    public async Task RunAsync(string name, Func<IEngineFixture, Task> scenario)
    {
        bool crashed = true;
        for (int groups = 0; crashed; groups++)
        {
            await using EmbeddedFixture engine = new(maxHotInstances: 10_000, crashAfterGroups: groups);
            try
            {
                await scenario(engine);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"With a crash after {groups} commit groups: {error.Message}", error);
            }

            engine.RepeatedFinishedSteps.ShouldBeEmpty($"with a crash after {groups} commit groups");
            crashed = engine.HasCrashed;
        }
    }
}
