namespace HybridAgents.Functions.Tests.Durable.Conformance;

/// <summary>The Azure adapters, run once for each case that holds on Durable Task.</summary>
/// <param name="maxHotInstances">0 makes each turn a replay, as without extended sessions.</param>
public sealed class AdapterMode(int maxHotInstances) : IEngineMode
{
    /// <summary>Gets the mode with extended sessions.</summary>
    public static AdapterMode Hot { get; } = new(10_000);

    /// <summary>Gets the mode in which every turn is a replay.</summary>
    public static AdapterMode Cold { get; } = new(0);

    /// <summary>Gets the cases that do not hold, or cannot be shown here; docs/concepts/hosting.md says why of each.</summary>
    public static IReadOnlyCollection<string> Deviations { get; } =
    [
        "Cancel_SuspendedInstanceWithEventsWaiting_IsSeenBeforeThem",
        "History_OfAnEndedInstance_ListsWhatHappenedInOrder",
        "Version_Gone_TheInstanceIsParkedAndGoesOnWhenItIsBack",
        "Version_GoneAndCancelled_TheCancelIsKnownWhenItIsBack",
        "Version_GoneWhileSuspended_AResumeParksIt",
    ];

    /// <inheritdoc/>
    public async Task RunAsync(string name, Func<IEngineFixture, Task> scenario)
    {
        if (Deviations.Contains(name))
            return;
        await using AdapterFixture engine = new(maxHotInstances);
        await scenario(engine);
    }
}
