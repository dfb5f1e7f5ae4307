using HybridAgents.Durable.Engine.Instances;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>A turn on its way to disk; once there, what it decided is set going.</summary>
internal sealed class TurnEntry(byte[] payload, Instance instance, TurnRecord turn, TaskCompletionSource<bool>? ack, TurnEffects effects)
    : JournalEntry(RecordKind.Instance, payload)
{
    public override void OnDurable(RecordLocation location)
    {
        ReleasePayload();
        effects.Located(instance, turn.Generation, Lsn, location);
        effects.Apply(instance, turn);
        ack?.TrySetResult(true);
    }

    public override void OnAbandoned(JournalStoppedException reason) => ack?.TrySetException(reason);
}

/// <summary>A record that changes nothing but where the instance's turns lie.</summary>
internal sealed class RelocationEntry(byte[] payload, Instance instance, LiveBytes live, TaskCompletionSource<bool>? ack)
    : JournalEntry(RecordKind.Instance, payload)
{
    public override void OnDurable(RecordLocation location)
    {
        ReleasePayload();
        lock (instance.Gate)
        {
            instance.Records.InFlight--;
            instance.Records.Relocate(location, live);
            instance.Records.LocatedLsn = Lsn;
        }

        ack?.TrySetResult(true);
    }

    public override void OnAbandoned(JournalStoppedException reason) => ack?.TrySetException(reason);
}

/// <summary>The removal of an instance.</summary>
internal sealed class PurgeEntry(byte[] payload, TaskCompletionSource<bool>? ack) : JournalEntry(RecordKind.Instance, payload)
{
    public override void OnDurable(RecordLocation location)
    {
        ReleasePayload();
        ack?.TrySetResult(true);
    }

    public override void OnAbandoned(JournalStoppedException reason) => ack?.TrySetException(reason);
}
