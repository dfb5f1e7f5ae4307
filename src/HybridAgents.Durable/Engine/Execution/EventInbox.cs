using HybridAgents.Durable.Engine.Records;

namespace HybridAgents.Durable.Engine.Execution;

/// <summary>Events that came before somebody waited, and waiters that wait for one: by name, case-insensitive, first in first out.</summary>
internal sealed class EventInbox
{
    private readonly List<HistoryEvent.EventRaised> _unread = [];
    private readonly Dictionary<string, TaskCompletionSource<Payload>> _waiters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the events that nobody has read, in order of arrival.</summary>
    public IReadOnlyList<HistoryEvent.EventRaised> Unread => _unread;

    /// <summary>Gets whether somebody waits.</summary>
    public bool HasWaiter => _waiters.Count > 0;

    public void Deliver(HistoryEvent.EventRaised item)
    {
        if (_waiters.Remove(item.Name, out TaskCompletionSource<Payload>? waiter))
            waiter.SetResult(item.Value);
        else
            _unread.Add(item);
    }

    public Task<Payload> Subscribe(string name)
    {
        int index = _unread.FindIndex(item => string.Equals(item.Name, name, StringComparison.OrdinalIgnoreCase));
        if (index >= 0)
        {
            Payload value = _unread[index].Value;
            _unread.RemoveAt(index);
            return Task.FromResult(value);
        }

        TaskCompletionSource<Payload> waiter = new();
        _waiters.Add(name, waiter);
        return waiter.Task;
    }
}
