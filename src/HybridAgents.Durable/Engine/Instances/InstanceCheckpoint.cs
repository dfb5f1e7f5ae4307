using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Instances;

/// <summary>The form of an instance in a checkpoint.</summary>
internal static class InstanceCheckpoint
{
    /// <summary>Writes the instance; the caller holds its gate.</summary>
    public static void Write(RecordWriter writer, Instance instance)
    {
        writer.Text(instance.Id);
        writer.Text(instance.Name);
        writer.Text(instance.Version);
        writer.OptionalText(instance.ParentId);
        writer.Int(instance.ParentTaskId);
        writer.Int(instance.ParentGeneration);
        writer.OptionalText(instance.TraceParent);
        writer.Int(instance.Generation);
        writer.Time(instance.CreatedAt);
        writer.Time(instance.UpdatedAt);
        writer.Byte((byte)instance.Status);
        writer.OptionalText(instance.SuspendReason);
        writer.Bool(instance.Cancel is not null);
        if (instance.Cancel is { } cancel)
        {
            writer.OptionalText(cancel.Reason);
            writer.Time(cancel.RequestedAt);
        }

        writer.Payload(instance.CustomStatus);
        writer.Bool(instance.Failure is not null);
        if (instance.Failure is { } failure)
            TurnCodec.WriteFailure(writer, failure);
        TurnCodec.WriteOutcome(writer, instance.Next);
        writer.Int(instance.Pending.Count);
        foreach ((int taskId, PendingTask task) in instance.Pending)
        {
            writer.Int(taskId);
            writer.Byte((byte)task.Kind);
            writer.OptionalText(task.ChildId);
            writer.Time(task.DueAt);
        }

        writer.Int(instance.Children.Count);
        foreach (string child in instance.Children)
            writer.Text(child);
        writer.Int(instance.Backlog.Count);
        foreach (HistoryEvent item in instance.Backlog)
            TurnCodec.WriteEvent(writer, item);
        writer.Int(instance.Records.Current.Count);
        foreach (RecordLocation location in instance.Records.Current)
            WriteLocation(writer, location);
        writer.Bool(instance.Records.Origin is not null);
        if (instance.Records.Origin is { } origin)
            WriteLocation(writer, origin);
        writer.Long(instance.LastLsn);
        writer.Long(instance.Records.LocatedLsn);
    }

    public static Instance Read(ref RecordReader reader, LiveBytes live)
    {
        Instance instance = new(reader.Text())
        {
            Name = reader.Text(),
            Version = reader.Text(),
            ParentId = reader.OptionalText(),
            ParentTaskId = reader.Int(),
            ParentGeneration = reader.Int(),
            TraceParent = reader.OptionalText(),
            Generation = reader.Int(),
            CreatedAt = reader.Time(),
            UpdatedAt = reader.Time(),
            Status = (OrchestrationStatus)reader.Byte(),
            SuspendReason = reader.OptionalText(),
        };
        if (reader.Bool())
            instance.Cancel = new(reader.OptionalText(), reader.Time());
        instance.CustomStatus = reader.Payload();
        if (reader.Bool())
            instance.Failure = TurnCodec.ReadFailure(ref reader);
        instance.Next = (TurnOutcome.ContinuedAsNew?)TurnCodec.ReadOutcome(ref reader);
        for (int count = reader.Int(); count > 0; count--)
            instance.Pending.Add(reader.Int(), new((PendingKind)reader.Byte(), reader.OptionalText(), reader.Time()));
        for (int count = reader.Int(); count > 0; count--)
            instance.Children.Add(reader.Text());
        for (int count = reader.Int(); count > 0; count--)
            instance.Backlog.Add(TurnCodec.ReadEvent(ref reader));
        RecordLocation[] current = new RecordLocation[reader.Int()];
        for (int index = 0; index < current.Length; index++)
            current[index] = ReadLocation(ref reader);
        RecordLocation? origin = reader.Bool() ? ReadLocation(ref reader) : null;
        instance.Records.Restore(current, origin, instance.Generation, live);
        instance.LastLsn = reader.Long();
        instance.Records.LocatedLsn = reader.Long();
        if (instance.IsTerminal)
            instance.Ended.TrySetResult();
        return instance;
    }

    private static void WriteLocation(RecordWriter writer, RecordLocation location)
    {
        writer.Int(location.Segment);
        writer.Int(location.Offset);
        writer.Int(location.Length);
    }

    private static RecordLocation ReadLocation(ref RecordReader reader) => new(reader.Int(), reader.Int(), reader.Int());
}
