using System.Buffers;
using System.Collections.Concurrent;
using HybridAgents.Durable.Engine.Records;
using HybridAgents.Durable.Journal;

namespace HybridAgents.Durable.Engine.Instances;

/// <summary>All instances by id, and their share of the journal.</summary>
internal sealed class InstanceStore : IJournalParticipant
{
    private readonly ConcurrentDictionary<string, Instance> _instances = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public RecordKind Kind => RecordKind.Instance;

    /// <summary>Gets what segments still hold.</summary>
    public LiveBytes Live { get; } = new();

    /// <summary>Gets every instance; the view moves with the store.</summary>
    public IEnumerable<Instance> All => _instances.Select(pair => pair.Value);

    /// <summary>Gets or sets what writes an instance's records again; set by the engine before the journal runs.</summary>
    public Func<Instance, Task> Relocator { get; set; } = _ => Task.CompletedTask;

    public Instance? Find(string id) => _instances.GetValueOrDefault(id);

    /// <summary>Takes a new instance; false if the id is taken.</summary>
    public bool TryAdd(Instance instance) => _instances.TryAdd(instance.Id, instance);

    public void Remove(Instance instance)
    {
        if (!_instances.TryRemove(KeyValuePair.Create(instance.Id, instance)))
            return;
        lock (instance.Gate)
            instance.Records.Clear(Live);
    }

    /// <inheritdoc/>
    public void Replay(long lsn, RecordLocation location, ReadOnlySpan<byte> payload)
    {
        (InstanceRecordKind kind, string id, TurnRecord[] turns) = InstanceRecord.Decode(payload);
        switch (kind)
        {
            case InstanceRecordKind.Turn:
                ReplayTurn(_instances.GetOrAdd(id, static key => new(key)), turns[0], lsn, location);
                break;
            case InstanceRecordKind.Purge when Find(id) is { } purged && purged.LastLsn < lsn:
                Remove(purged);
                break;
            case InstanceRecordKind.Relocation when Find(id) is { } moved && moved.Records.LocatedLsn < lsn:
                moved.Records.Relocate(location, Live);
                moved.Records.LocatedLsn = lsn;
                moved.LastLsn = Math.Max(moved.LastLsn, lsn);
                break;
        }
    }

    /// <inheritdoc/>
    public void WriteCheckpoint(IBufferWriter<byte> writer)
    {
        RecordWriter records = new(writer);
        foreach (Instance instance in All)
        {
            lock (instance.Gate)
            {
                if (instance.Generation == 0)
                    continue; // accepted, but its first turn has not been appended
                records.Bool(true);
                InstanceCheckpoint.Write(records, instance);
            }
        }

        records.Bool(false);
    }

    /// <inheritdoc/>
    public void ReadCheckpoint(ReadOnlySpan<byte> checkpoint)
    {
        RecordReader reader = new(checkpoint);
        while (reader.Bool())
            TryAdd(InstanceCheckpoint.Read(ref reader, Live));
    }

    /// <inheritdoc/>
    public long LiveBytes(int segment) => Live[segment];

    /// <inheritdoc/>
    public async Task RelocateAsync(int segment, CancellationToken cancellationToken)
    {
        foreach (Instance instance in All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool affected;
            lock (instance.Gate)
                affected = instance.Records.All().Any(location => location.Segment == segment);
            if (affected)
                await Relocator(instance);
        }
    }

    private void ReplayTurn(Instance instance, TurnRecord turn, long lsn, RecordLocation location)
    {
        if (lsn > instance.LastLsn)
            instance.Apply(turn, lsn);
        if (lsn > instance.Records.LocatedLsn)
        {
            instance.Records.Add(location, turn.Generation, Live);
            instance.Records.LocatedLsn = lsn;
        }

        if (instance.IsTerminal)
            instance.Ended.TrySetResult();
    }
}
