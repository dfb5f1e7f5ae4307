using HybridAgents.Durable.Engine.Instances;

namespace HybridAgents.Durable.Engine.Scheduling;

/// <summary>The instances of one shard whose code is in memory, least recently used first. Used by the shard only.</summary>
/// <param name="limit">The most to keep; 0 drops the code after every turn.</param>
internal sealed class HotInstances(int limit)
{
    private readonly LinkedList<Instance> _order = new();
    private readonly Dictionary<Instance, LinkedListNode<Instance>> _nodes = [];

    /// <summary>Notes a use, and drops the code of others that are beyond the limit and entirely on disk.</summary>
    public void Used(Instance instance)
    {
        if (_nodes.TryGetValue(instance, out LinkedListNode<Instance>? node))
            _order.Remove(node);
        else
            _nodes[instance] = node = new(instance);
        _order.AddLast(node);
        // A few tries only: with everything still on its way to disk, a use must not cost a walk over all.
        for (int tries = 4; tries > 0 && _nodes.Count > limit; tries--)
        {
            LinkedListNode<Instance> oldest = _order.First!;
            if (IsOnDisk(oldest.Value))
            {
                Drop(oldest);
            }
            else
            {
                _order.RemoveFirst();
                _order.AddLast(oldest);
            }
        }
    }

    /// <summary>Drops the code of an instance if it is entirely on disk and none should be kept.</summary>
    public void Cool(Instance instance)
    {
        if (limit == 0 && _nodes.TryGetValue(instance, out LinkedListNode<Instance>? node) && IsOnDisk(instance))
            Drop(node);
    }

    /// <summary>Forgets an instance that has ended.</summary>
    public void Forget(Instance instance)
    {
        if (_nodes.Remove(instance, out LinkedListNode<Instance>? node))
            _order.Remove(node);
    }

    private static bool IsOnDisk(Instance instance)
    {
        lock (instance.Gate)
            return instance.Records.InFlight == 0;
    }

    private void Drop(LinkedListNode<Instance> node)
    {
        node.Value.Execution = null;
        _nodes.Remove(node.Value);
        _order.Remove(node);
    }
}
