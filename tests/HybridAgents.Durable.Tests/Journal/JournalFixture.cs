using HybridAgents.Durable.Journal;
using HybridAgents.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using DurableJournal = HybridAgents.Durable.Journal.Journal;

namespace HybridAgents.Durable.Tests.Journal;

/// <summary>A journal on simulated files, with one participant.</summary>
internal sealed class JournalFixture : IAsyncDisposable
{
    private JournalFixture(SimulatedFiles files, KeyValueState state, DurableJournal journal, ManualTimeProvider time, List<Exception> fatal) =>
        (Files, State, Journal, Time, Fatal) = (files, state, journal, time, fatal);

    public SimulatedFiles Files { get; }

    public KeyValueState State { get; }

    public DurableJournal Journal { get; }

    public ManualTimeProvider Time { get; }

    /// <summary>Gets what OnFatal was called with.</summary>
    public List<Exception> Fatal { get; }

    public static async Task<JournalFixture> OpenAsync(SimulatedFiles? files = null, int segmentBytes = 4096, long checkpointBytes = 1 << 30, int maxGroupBytes = 4096)
    {
        files ??= new SimulatedFiles();
        KeyValueState state = new();
        ManualTimeProvider time = new();
        List<Exception> fatal = [];
        JournalOptions options = new() { Path = "simulated", SegmentBytes = segmentBytes, CheckpointBytes = checkpointBytes, MaxGroupBytes = maxGroupBytes, OnFatal = fatal.Add };
        DurableJournal journal = await DurableJournal.OpenAsync(options, files, [state], time, NullLogger.Instance, CancellationToken.None);
        state.Journal = journal;
        return new JournalFixture(files, state, journal, time, fatal);
    }

    public ValueTask DisposeAsync() => Journal.DisposeAsync();
}
