using static HybridAgents.Durable.Engine.Records.HistoryEvent;
using static HybridAgents.Durable.Engine.Records.OrchestratorAction;

namespace HybridAgents.Durable.Engine.Records;

/// <summary>The stored form of turns. Tags are part of the format: never reuse one.</summary>
internal static class TurnCodec
{
    public static void Write(RecordWriter writer, TurnRecord turn)
    {
        writer.Int(turn.Generation);
        writer.Time(turn.Time);
        writer.Bool(turn.Executed);
        writer.Int(turn.Events.Count);
        foreach (HistoryEvent item in turn.Events)
            WriteEvent(writer, item);
        writer.Int(turn.Actions.Count);
        foreach (OrchestratorAction item in turn.Actions)
            WriteAction(writer, item);
        writer.Bool(turn.CustomStatus is not null);
        if (turn.CustomStatus is { } status)
            writer.Payload(status);
        WriteOutcome(writer, turn.Outcome);
    }

    public static TurnRecord Read(ref RecordReader reader)
    {
        int generation = reader.Int();
        DateTimeOffset time = reader.Time();
        bool executed = reader.Bool();
        HistoryEvent[] events = new HistoryEvent[reader.Int()];
        for (int index = 0; index < events.Length; index++)
            events[index] = ReadEvent(ref reader);
        OrchestratorAction[] actions = new OrchestratorAction[reader.Int()];
        for (int index = 0; index < actions.Length; index++)
            actions[index] = ReadAction(ref reader);
        Payload? status = reader.Bool() ? reader.Payload() : null;
        return new()
        {
            Generation = generation,
            Time = time,
            Executed = executed,
            Events = events,
            Actions = actions,
            CustomStatus = status,
            Outcome = ReadOutcome(ref reader),
        };
    }

    public static void WriteEvent(RecordWriter writer, HistoryEvent item)
    {
        switch (item)
        {
            case ExecutionStarted started:
                writer.Byte(1);
                writer.Text(started.Name);
                writer.Text(started.Version);
                writer.Payload(started.Input);
                writer.Int(started.Generation);
                writer.OptionalText(started.ParentId);
                writer.Int(started.ParentTaskId);
                writer.Int(started.ParentGeneration);
                writer.OptionalText(started.TraceParent);
                WriteCarried(writer, started.Carried);
                break;
            case TaskCompleted completed:
                writer.Byte(2);
                writer.Int(completed.TaskId);
                writer.Payload(completed.Result);
                break;
            case TaskFailed failed:
                writer.Byte(3);
                writer.Int(failed.TaskId);
                WriteFailure(writer, failed.Failure);
                break;
            case TimerFired fired:
                writer.Byte(4);
                writer.Int(fired.TaskId);
                break;
            case EventRaised raised:
                writer.Byte(5);
                writer.Text(raised.Name);
                writer.Payload(raised.Value);
                break;
            case CancelRequested cancel:
                writer.Byte(6);
                writer.OptionalText(cancel.Reason);
                break;
            case Suspended suspended:
                writer.Byte(7);
                writer.OptionalText(suspended.Reason);
                break;
            case Resumed:
                writer.Byte(8);
                break;
            case Terminated terminated:
                writer.Byte(9);
                writer.OptionalText(terminated.Reason);
                break;
            default:
                throw new ArgumentException($"No stored form for {item.GetType().Name}.", nameof(item));
        }
    }

    public static HistoryEvent ReadEvent(ref RecordReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            1 => new ExecutionStarted(
                reader.Text(), reader.Text(), reader.Payload(), reader.Int(), reader.OptionalText(), reader.Int(), reader.Int(), reader.OptionalText(),
                ReadCarried(ref reader)),
            2 => new TaskCompleted(reader.Int(), reader.Payload()),
            3 => new TaskFailed(reader.Int(), ReadFailure(ref reader)),
            4 => new TimerFired(reader.Int()),
            5 => new EventRaised(reader.Text(), reader.Payload()),
            6 => new CancelRequested(reader.OptionalText()),
            7 => new Suspended(reader.OptionalText()),
            8 => new Resumed(),
            9 => new Terminated(reader.OptionalText()),
            _ => throw Unknown("event", tag),
        };
    }

    public static void WriteOutcome(RecordWriter writer, TurnOutcome? outcome)
    {
        switch (outcome)
        {
            case null:
                writer.Byte(0);
                break;
            case TurnOutcome.Completed completed:
                writer.Byte(1);
                writer.Payload(completed.Output);
                break;
            case TurnOutcome.Failed failed:
                writer.Byte(2);
                WriteFailure(writer, failed.Failure);
                break;
            case TurnOutcome.Terminated terminated:
                writer.Byte(3);
                WriteFailure(writer, terminated.Failure);
                break;
            case TurnOutcome.ContinuedAsNew next:
                writer.Byte(4);
                writer.Payload(next.Input);
                writer.Text(next.Version);
                WriteCarried(writer, next.Carried);
                break;
            default:
                throw new ArgumentException($"No stored form for {outcome.GetType().Name}.", nameof(outcome));
        }
    }

    public static TurnOutcome? ReadOutcome(ref RecordReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            0 => null,
            1 => new TurnOutcome.Completed(reader.Payload()),
            2 => new TurnOutcome.Failed(ReadFailure(ref reader)),
            3 => new TurnOutcome.Terminated(ReadFailure(ref reader)),
            4 => new TurnOutcome.ContinuedAsNew(reader.Payload(), reader.Text(), ReadCarried(ref reader)),
            _ => throw Unknown("outcome", tag),
        };
    }

    public static void WriteFailure(RecordWriter writer, TaskFailureDetails failure)
    {
        writer.Text(failure.ErrorType);
        writer.Text(failure.ErrorMessage);
        writer.OptionalText(failure.StackTrace);
        writer.Bool(failure.IsNonRetriable);
        writer.Bool(failure.InnerFailure is not null);
        if (failure.InnerFailure is { } inner)
            WriteFailure(writer, inner);
    }

    public static TaskFailureDetails ReadFailure(ref RecordReader reader)
    {
        string type = reader.Text();
        string message = reader.Text();
        string? stack = reader.OptionalText();
        bool final = reader.Bool();
        return new(type, message, stack, reader.Bool() ? ReadFailure(ref reader) : null, final);
    }

    private static void WriteAction(RecordWriter writer, OrchestratorAction item)
    {
        switch (item)
        {
            case ScheduleActivity activity:
                writer.Byte(1);
                writer.Int(activity.TaskId);
                writer.Text(activity.Name);
                writer.Text(activity.Key);
                writer.Int(activity.Attempt);
                writer.Payload(activity.Input);
                break;
            case StartChild child:
                writer.Byte(2);
                writer.Int(child.TaskId);
                writer.Text(child.Name);
                writer.OptionalText(child.Version);
                writer.Text(child.ChildId);
                writer.Payload(child.Input);
                break;
            case CreateTimer timer:
                writer.Byte(3);
                writer.Int(timer.TaskId);
                writer.Time(timer.DueAt);
                break;
            case CancelTimer cancel:
                writer.Byte(4);
                writer.Int(cancel.TaskId);
                break;
            default:
                throw new ArgumentException($"No stored form for {item.GetType().Name}.", nameof(item));
        }
    }

    private static OrchestratorAction ReadAction(ref RecordReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            1 => new ScheduleActivity(reader.Int(), reader.Text(), reader.Text(), reader.Int(), reader.Payload()),
            2 => new StartChild(reader.Int(), reader.Text(), reader.OptionalText(), reader.Text(), reader.Payload()),
            3 => new CreateTimer(reader.Int(), reader.Time()),
            4 => new CancelTimer(reader.Int()),
            _ => throw Unknown("decision", tag),
        };
    }

    private static void WriteCarried(RecordWriter writer, IReadOnlyList<EventRaised> carried)
    {
        writer.Int(carried.Count);
        foreach (EventRaised item in carried)
        {
            writer.Text(item.Name);
            writer.Payload(item.Value);
        }
    }

    private static EventRaised[] ReadCarried(ref RecordReader reader)
    {
        int count = reader.Int();
        EventRaised[] carried = count == 0 ? [] : new EventRaised[count];
        for (int index = 0; index < count; index++)
            carried[index] = new(reader.Text(), reader.Payload());
        return carried;
    }

    private static InvalidDataException Unknown(string what, byte tag) =>
        new($"A record holds an unknown kind of {what} ({tag}): it was written by a newer version.");
}
