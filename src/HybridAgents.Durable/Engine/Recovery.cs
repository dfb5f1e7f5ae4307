using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Engine.Scheduling;

namespace HybridAgents.Durable.Engine;

/// <summary>After a restart: sets going again everything that has no recorded answer.</summary>
internal sealed class Recovery(EngineRuntime engine, TimerQueue timers)
{
    public void Run()
    {
        foreach (Instance instance in engine.Instances.All.ToArray())
        {
            if (instance.Status == OrchestrationStatus.Terminated)
                EndChildren(instance);
            else if (!instance.IsTerminal)
                Resume(instance);
            else if (instance.Pending.Count > 0)
                RestartTasks(instance); // Children that it left behind.
        }
    }

    /// <summary>A termination whose children were not reached before the crash.</summary>
    private void EndChildren(Instance parent)
    {
        foreach (Instance child in parent.Children.Select(engine.Instances.Find).OfType<Instance>().Where(child => !child.IsTerminal))
            engine.Post(new(ShardCommand.Deliver, child, new HistoryEvent.Terminated(parent.Failure?.ErrorMessage)));
    }

    private void Resume(Instance instance)
    {
        if (instance.Next is not null)
            engine.Post(new(ShardCommand.Continue, instance));
        if (instance.SuspendReason == TurnRunner.VersionUnavailable)
            engine.Post(new(ShardCommand.Deliver, instance, new HistoryEvent.Resumed()));
        foreach ((int taskId, PendingTask task) in instance.Pending.ToArray())
        {
            if (task.Kind == PendingKind.Timer)
                timers.Add(instance, instance.Generation, taskId, task.DueAt);
        }

        if (instance.Pending.Values.Any(task => task.Kind != PendingKind.Timer))
            RestartTasks(instance);
    }

    private void RestartTasks(Instance instance)
    {
        bool cancelled = false;
        foreach (TurnRecord turn in engine.History.Current(instance))
        {
            cancelled |= turn.Events.Any(item => item is HistoryEvent.CancelRequested);
            foreach (OrchestratorAction action in turn.Actions)
            {
                if (!instance.Pending.TryGetValue(action.TaskId, out PendingTask task))
                    continue;
                if (task.Kind == PendingKind.Activity)
                {
                    engine.Effects.Start(instance, instance.Generation, action);
                    // One that was decided before the cancel is told of it, as it was before the crash.
                    if (!cancelled && instance.Cancel is not null)
                        instance.Running.Cancel(ActivityCancellation.RunCancelled);
                }
                else if (task.Kind == PendingKind.Child)
                {
                    RestartChild(instance, action, task.ChildId!);
                }
            }
        }
    }

    private void RestartChild(Instance parent, OrchestratorAction action, string childId)
    {
        if (engine.Instances.Find(childId) is not { } child || !child.IsChildOf(parent, parent.Generation, action.TaskId))
        {
            engine.Effects.Start(parent, parent.Generation, action);
            return;
        }

        if (child.IsTerminal)
        {
            TurnOutcome outcome = child.Failure is { } failure ? new TurnOutcome.Failed(failure) : new TurnOutcome.Completed(engine.History.Output(child) ?? default);
            engine.Post(new(ShardCommand.Deliver, parent, TurnEffects.Answer(action.TaskId, outcome), parent.Generation) { Child = childId });
        }
        else if (parent.Cancel is { } cancel && child.Cancel is null)
        {
            engine.Post(new(ShardCommand.Deliver, child, new HistoryEvent.CancelRequested(cancel.Reason)));
        }
    }
}
