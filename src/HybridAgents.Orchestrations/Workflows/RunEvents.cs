using HybridAgents.Core.Runs;
using HybridAgents.Durable;
using HybridAgents.Durable.Tables;
using HybridAgents.Orchestrations.Runs;
using HybridAgents.Orchestrations.Runs.Storage;
using HybridAgents.Orchestrations.SubRuns;

namespace HybridAgents.Orchestrations.Workflows;

/// <summary>What became of an event that was posted to a run.</summary>
public enum EventOutcome
{
    /// <summary>It is kept until a step waits for it.</summary>
    Taken,

    /// <summary>It was posted before, under the same id.</summary>
    Repeated,

    /// <summary>There is no such run.</summary>
    NotFound,

    /// <summary>The run takes no events: it is no workflow's, or a part of one.</summary>
    NotTaken,

    /// <summary>The run has ended.</summary>
    Ended,

    /// <summary>Too many of that name have come already.</summary>
    TooMany,
}

/// <summary>Events that are posted to runs of workflows. They are kept in order, and every wait takes the next one of its name, whether it came before or after the wait began.</summary>
/// <remarks>Branches of a parallel step hear the events of their run each for itself.</remarks>
public interface IRunEvents
{
    /// <summary>The most events of one name that a run takes.</summary>
    const int MaxEvents = 1000;

    /// <summary>Keeps an event and wakes whoever waits.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="caller">Who posts.</param>
    /// <param name="name">The event's name.</param>
    /// <param name="data">Its data, JSON.</param>
    /// <param name="eventId">Tells it from others of its name: the same id again is the same event. Null for a new one.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task<EventOutcome> PostAsync(string runId, RunCaller caller, string name, string data, string? eventId, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class RunEvents(ITableStore tables, RunProjection projection, Mailbox mailbox, SubRunStore subRuns, RunSignals signals, IDurableClient client) : IRunEvents
{
    private readonly ITable _table = tables.GetTable(RunKeys.Runs);

    public async Task<EventOutcome> PostAsync(string runId, RunCaller caller, string name, string data, string? eventId, CancellationToken cancellationToken)
    {
        if (await projection.FindAsync(runId, caller, cancellationToken) is not { } run)
            return EventOutcome.NotFound;
        if (run.WorkflowId is null || run.RootId is not null)
            return EventOutcome.NotTaken;
        if (run.BaseStatus.IsTerminal())
            return EventOutcome.Ended;
        EventOutcome outcome = await KeepAsync(runId, name, new(eventId ?? Guid.NewGuid().ToString("N"), data), cancellationToken);
        if (outcome is EventOutcome.Taken or EventOutcome.Repeated)
        {
            await WakeAsync(runId);
            foreach (SubRunRow below in await subRuns.BelowAsync(run))
            {
                if (below.End is null)
                    await WakeAsync(below.RunId);
            }

            signals.Publish(runId);
        }

        return outcome;
    }

    private async Task<EventOutcome> KeepAsync(string runId, string name, Mail mail, CancellationToken cancellationToken)
    {
        while (true)
        {
            int count = 0;
            await foreach (TableRow row in _table.QueryAsync(runId, RowRange.Prefix($"x|{Mailbox.Event}|{name}|"), cancellationToken))
            {
                if (row.Get<string>("decision") == mail.Decision)
                    return EventOutcome.Repeated;
                count++;
            }

            if (count >= IRunEvents.MaxEvents)
                return EventOutcome.TooMany;
            if (await mailbox.PutAsync(runId, RunKeys.Mail(Mailbox.Event, name, count), mail, cancellationToken) == mail)
                return EventOutcome.Taken;
        }
    }

    private async Task WakeAsync(string runId)
    {
        try
        {
            await client.RaiseEventAsync(runId, Mailbox.WakeUp, cancellationToken: CancellationToken.None);
        }
        catch (InstanceNotFoundException)
        {
            // Not scheduled yet, or gone: it reads its rows when it comes to the wait.
        }
    }
}
