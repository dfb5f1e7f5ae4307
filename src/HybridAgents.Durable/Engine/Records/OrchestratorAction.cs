namespace HybridAgents.Durable.Engine.Records;

/// <summary>Something that a turn decided. The task id is the decision's position in its generation.</summary>
internal abstract record OrchestratorAction(int TaskId)
{
    /// <summary>The form that the determinism check compares and names.</summary>
    public abstract string Describe();

    internal sealed record ScheduleActivity(int TaskId, string Name, string Key, int Attempt, Payload Input) : OrchestratorAction(TaskId)
    {
        public override string Describe() => $"activity '{Name}' (task {TaskId})";
    }

    internal sealed record StartChild(int TaskId, string Name, string? Version, string ChildId, Payload Input) : OrchestratorAction(TaskId)
    {
        public override string Describe() => $"sub-orchestration '{Name}' (task {TaskId})";
    }

    internal sealed record CreateTimer(int TaskId, DateTimeOffset DueAt) : OrchestratorAction(TaskId)
    {
        public override string Describe() => $"timer (task {TaskId})";
    }

    internal sealed record CancelTimer(int TaskId) : OrchestratorAction(TaskId)
    {
        public override string Describe() => $"cancellation of timer (task {TaskId})";
    }
}
