using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Tables;
using HybridAgents.Durable.Tests.Journal;
using HybridAgents.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using DurableJournal = HybridAgents.Durable.Journal.Journal;

namespace HybridAgents.Durable.Tests.Simulation;

/// <summary>What a disk holds, read without starting an engine on it.</summary>
/// <param name="Instances">The ids of all instances.</param>
/// <param name="Finished">The activities whose answer is recorded, or is of no interest any more.</param>
/// <param name="Unwritten">Recorded answers of activities whose rows are missing although they were written before: there must be none.</param>
/// <param name="Rows">The rows of <see cref="TableClient"/>.</param>
internal sealed record DiskTruth(IReadOnlySet<string> Instances, IReadOnlySet<(string Key, int Attempt)> Finished, IReadOnlyList<string> Unwritten, string Rows)
{
    /// <summary>Reads a disk; it is not to be used afterwards.</summary>
    public static DiskTruth Read(SimulatedFiles disk) => ReadAsync(disk).GetAwaiter().GetResult();

    /// <summary>Whether both hold the same.</summary>
    public bool Agrees(DiskTruth other) => Instances.SetEquals(other.Instances) && Finished.SetEquals(other.Finished) && Rows == other.Rows;

    private static async Task<DiskTruth> ReadAsync(SimulatedFiles disk)
    {
        InstanceStore instances = new();
        EmbeddedTableStore tables = new(TimeProvider.System, 0);
        await using DurableJournal journal = await DurableJournal.OpenAsync(
            new() { Path = "simulated" }, disk, [instances, tables], new ManualTimeProvider(), NullLogger.Instance, CancellationToken.None);
        tables.Attach(journal);
        InstanceHistory history = new(journal);
        HashSet<(string Key, int Attempt)> finished = [];
        List<string> unwritten = [];
        foreach (Instance instance in instances.All)
        {
            (HashSet<(string Key, int Attempt)> answered, HashSet<(string Key, int Attempt)> open) = Steps(history.Current(instance));
            foreach ((string key, int attempt) in answered)
            {
                if (await StepRows.FindAsync(tables, key, attempt) is false)
                    unwritten.Add($"{key}#{attempt}");
            }

            finished.UnionWith(answered);
            if (instance.IsTerminal)
                finished.UnionWith(open);
        }

        return new(instances.All.Select(instance => instance.Id).ToHashSet(), finished, unwritten, await TableClient.ReadAsync(tables));
    }

    private static (HashSet<(string Key, int Attempt)> Answered, HashSet<(string Key, int Attempt)> Open) Steps(IEnumerable<TurnRecord> turns)
    {
        HashSet<(string Key, int Attempt)> answered = [];
        Dictionary<int, (string Key, int Attempt)> open = [];
        foreach (TurnRecord turn in turns)
        {
            foreach (HistoryEvent item in turn.Events)
            {
                int task = item switch { HistoryEvent.TaskCompleted done => done.TaskId, HistoryEvent.TaskFailed failed => failed.TaskId, _ => 0 };
                if (open.Remove(task, out (string Key, int Attempt) step))
                    answered.Add(step);
            }

            foreach (OrchestratorAction.ScheduleActivity call in turn.Actions.OfType<OrchestratorAction.ScheduleActivity>())
                open[call.TaskId] = (call.Key, call.Attempt);
        }

        return (answered, [.. open.Values]);
    }
}
