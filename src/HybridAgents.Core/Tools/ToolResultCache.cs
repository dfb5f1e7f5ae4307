using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Tools;

/// <summary>Results of pure tools, for as long as each tool allows. One per process, at most 1,000 results and 16 MB, the oldest leaving first. Safe for concurrent use.</summary>
/// <remarks>A result is found only by the same tenant, under the same label, with the same arguments however they are written. Errors are not kept.</remarks>
public sealed class ToolResultCache(TimeProvider time)
{
    private const int MaxItems = 1000;
    private const int MaxCharacters = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, LinkedListNode<Entry>> _found = [];
    private readonly LinkedList<Entry> _oldestFirst = [];
    private int _characters;

    /// <summary>The kept result; null if there is none.</summary>
    public ToolOutput? Find(ToolDefinition tool, ToolInvocation call)
    {
        if (tool.CacheLifetime <= TimeSpan.Zero)
            return null;
        Key key = Key.Of(tool, call);
        lock (_gate)
        {
            if (!_found.TryGetValue(key, out LinkedListNode<Entry>? node))
                return null;
            if (time.GetElapsedTime(node.Value.KeptAt) < tool.CacheLifetime)
                return node.Value.Output;
            Remove(node);
            return null;
        }
    }

    /// <summary>Keeps a result, if the tool allows it and it is no error.</summary>
    public void Keep(ToolDefinition tool, ToolInvocation call, ToolOutput output)
    {
        if (tool.CacheLifetime <= TimeSpan.Zero || output.IsError || output.Content.Length > MaxCharacters / 8)
            return;
        Key key = Key.Of(tool, call);
        lock (_gate)
        {
            if (_found.TryGetValue(key, out LinkedListNode<Entry>? before))
                Remove(before);
            _found[key] = _oldestFirst.AddLast(new Entry(key, output, time.GetTimestamp()));
            _characters += output.Content.Length;
            while (_found.Count > MaxItems || _characters > MaxCharacters)
                Remove(_oldestFirst.First!);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _oldestFirst.Remove(node);
        _found.Remove(node.Value.Key);
        _characters -= node.Value.Output.Content.Length;
    }

    private readonly record struct Key(string Tenant, string Tool, PrivacyLabel Label, string Arguments)
    {
        public static Key Of(ToolDefinition tool, ToolInvocation call) => new(call.Tenant, tool.Name, call.Label, CanonicalJson.Hash(call.Arguments));
    }

    private sealed record Entry(Key Key, ToolOutput Output, long KeptAt);
}
