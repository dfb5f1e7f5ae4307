using HybridAgents.Durable.Engine.Records;

namespace HybridAgents.Durable.Engine.Execution;

/// <summary>Brings an execution to where its recorded turns left it, and checks that the code decides again what it decided then.</summary>
internal static class Replay
{
    /// <summary>Replays the turns of one generation, oldest first.</summary>
    /// <returns>Events of turns in which the code did not run; they belong to the next turn that does.</returns>
    /// <exception cref="NonDeterminismException">The code decided otherwise; the message names the recorded and the new decision.</exception>
    public static List<HistoryEvent> Run(string instanceId, OrchestratorExecution execution, IEnumerable<TurnRecord> turns)
    {
        List<HistoryEvent> backlog = [];
        int number = 0;
        foreach (TurnRecord turn in turns)
        {
            number++;
            backlog.AddRange(turn.Events);
            if (!turn.Executed)
                continue;
            TurnDecisions decisions = execution.Run(turn.Time, backlog, replaying: true);
            Check(instanceId, number, turn, decisions);
            backlog.Clear();
        }

        return backlog;
    }

    private static void Check(string instanceId, int number, TurnRecord recorded, TurnDecisions now)
    {
        for (int index = 0; index < Math.Max(recorded.Actions.Count, now.Actions.Count); index++)
        {
            string was = index < recorded.Actions.Count ? recorded.Actions[index].Describe() : "nothing";
            string became = index < now.Actions.Count ? now.Actions[index].Describe() : "nothing";
            if (was != became)
                throw Mismatch(instanceId, number, index, was, became);
        }

        string wasOutcome = Name(recorded.Outcome);
        string becameOutcome = Name(now.Outcome);
        if (wasOutcome != becameOutcome)
            throw Mismatch(instanceId, number, recorded.Actions.Count, wasOutcome, becameOutcome);
    }

    private static string Name(TurnOutcome? outcome) => outcome is null ? "going on" : $"ending ({outcome.GetType().Name})";

    private static NonDeterminismException Mismatch(string instanceId, int turn, int decision, string was, string became) => new(
        $"Instance '{instanceId}' did not repeat its history: decision {decision + 1} of turn {turn} was recorded as {was}, but the code now decided {became}. "
        + "Register changed orchestrator code as a new version.");
}
