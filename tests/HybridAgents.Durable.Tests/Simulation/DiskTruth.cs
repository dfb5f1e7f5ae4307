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
/// <param name="Finished">The activities whose answer is recorded.</param>
internal sealed record DiskTruth(IReadOnlySet<string> Instances, IReadOnlySet<(string Key, int Attempt)> Finished)
{
    /// <summary>Reads a disk; it is not to be used afterwards.</summary>
    public static DiskTruth Read(SimulatedFiles disk) => ReadAsync(disk).GetAwaiter().GetResult();

    private static async Task<DiskTruth> ReadAsync(SimulatedFiles disk)
    {
        InstanceStore instances = new();
        await using DurableJournal journal = await DurableJournal.OpenAsync(
            new() { Path = "simulated" }, disk, [instances, new EmbeddedTableStore(TimeProvider.System, 0)], new ManualTimeProvider(), NullLogger.Instance, CancellationToken.None);
        InstanceHistory history = new(journal);
        HashSet<(string Key, int Attempt)> finished = [];
        foreach (Instance instance in instances.All)
        {
            Dictionary<int, (string Key, int Attempt)> open = [];
            foreach (TurnRecord turn in history.Current(instance))
            {
                foreach (HistoryEvent item in turn.Events)
                {
                    int answered = item switch { HistoryEvent.TaskCompleted done => done.TaskId, HistoryEvent.TaskFailed failed => failed.TaskId, _ => 0 };
                    if (open.TryGetValue(answered, out (string Key, int Attempt) step))
                        finished.Add(step);
                }

                foreach (OrchestratorAction.ScheduleActivity call in turn.Actions.OfType<OrchestratorAction.ScheduleActivity>())
                    open[call.TaskId] = (call.Key, call.Attempt);
            }

            if (instance.IsTerminal)
                finished.UnionWith(open.Values);
        }

        return new(instances.All.Select(instance => instance.Id).ToHashSet(), finished);
    }
}
