using System.Text.Json.Serialization;
using HybridAgents.Core.Privacy;

namespace HybridAgents.Core.Memory;

/// <summary>Something remembered over conversations.</summary>
/// <param name="Id"><c>mem_</c> and 16 hex digits.</param>
/// <param name="Text">1 to 2,000 characters.</param>
/// <param name="CreatedAt">When it was remembered, UTC.</param>
/// <param name="Label">The label of the conversation that it comes from: whoever recalls it takes this over.</param>
public sealed record MemoryItem(string Id, string Text, DateTimeOffset CreatedAt, [property: JsonIgnore] PrivacyLabel Label);

/// <summary>What is remembered, a set for each tenant: the newest <see cref="MaxItems"/>. Every change is durable when its call ends. Safe for concurrent use.</summary>
public interface IMemoryStore
{
    /// <summary>The most items of a tenant; the oldest go first.</summary>
    const int MaxItems = 1000;

    /// <summary>Remembers a text; the same text again is the same item, under the higher label.</summary>
    Task<MemoryItem> RememberAsync(string tenant, string text, PrivacyLabel label, CancellationToken cancellationToken);

    /// <summary>All items, newest first.</summary>
    Task<IReadOnlyList<MemoryItem>> ListAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>Forgets an item; false if there is none.</summary>
    Task<bool> ForgetAsync(string tenant, string id, CancellationToken cancellationToken);

    /// <summary>Forgets everything; returns how many items that were.</summary>
    Task<int> ForgetAllAsync(string tenant, CancellationToken cancellationToken);
}
